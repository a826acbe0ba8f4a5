#!/bin/sh
# Runs `systemd --user` as an ordinary user in namespaces of its own, starts units, prints what they wrote.
# user_manager.sh REPOSITORY SITE_PACKAGES PYTHON_PREFIX UNITS UNIT...
# Root only, under `unshare --mount --pid --fork --mount-proc`. /run and /home are its own.
set -eu
unset XDG_CONFIG_HOME XDG_DATA_HOME
repository=$1 packages=$2 prefix=$3 units=$4
shift 4
user=54321

mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /home
mkdir -p /run/systemd/system /run/systemd/unit-root /run/user/$user /run/python /home/reader/.local/bin \
    /home/reader/.local/share /home/reader/.config/systemd /home/reader/.ssh
mount --bind "$prefix" /run/python
cp -r "$units" /home/reader/.config/systemd/user
echo secret >/home/reader/.ssh/key
cat >/home/reader/.local/bin/edge-news <<END
#!/bin/sh
export PYTHONHOME=/run/python LD_LIBRARY_PATH=/run/python/lib PYTHONPATH=$repository:$packages PYTHONDONTWRITEBYTECODE=1
exec /run/python/bin/python3 -m edge_runtime "\$@"
END
chmod 755 /home/reader/.local/bin/edge-news
chmod 700 /run/user/$user
chown -R $user:$user /home/reader /run/user/$user
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -e "$hierarchy/cgroup.procs" ] && mkdir -p "$hierarchy/edge-news-test"; then
        echo $$ >"$hierarchy/edge-news-test/cgroup.procs"
        chown -R $user:$user "$hierarchy/edge-news-test"
    fi
done

cat >/run/as-user.sh <<'END'
edge-news init >/dev/null 2>&1
edge-news add --demo >/dev/null 2>&1
/lib/systemd/systemd --user >"$XDG_RUNTIME_DIR/manager.log" 2>&1 &
for second in 1 2 3 4 5 6 7 8 9 10; do
    systemctl --user is-active --quiet default.target 2>/dev/null && break
    sleep 1
done
for unit; do
    systemctl --user start "$unit" 2>/dev/null || true
    echo "$unit: $(systemctl --user show --property=Result --value "$unit")"
done
cd "$XDG_RUNTIME_DIR"
for file in edge-news-*; do
    echo "== $(stat -c %a "$file") $file"
    cat "$file"
done
END
cd /
HOME=/home/reader XDG_RUNTIME_DIR=/run/user/$user PATH=/home/reader/.local/bin:$PATH \
    exec setpriv --reuid $user --regid $user --clear-groups sh /run/as-user.sh "$@"
