#!/bin/sh
# Starts `systemd --user` as it starts on a device that was off for 36 hours, with a stand-in for edge-news that says what
# it was called for; prints that. after_absence.sh UNITS ENABLED-TIMER...
# Root only, under `unshare --mount --pid --fork --mount-proc`. /run and /home are its own.
set -eu
unset XDG_CONFIG_HOME XDG_DATA_HOME
units=$1
shift
user=54322
home=/home/reader

mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /home
mkdir -p /run/systemd/system /run/systemd/unit-root /run/user/$user $home/.local/bin $home/.local/share/edge-news \
    $home/.local/share/systemd/timers $home/.config/systemd $home/.ssh
cp -r "$units" $home/.config/systemd/user
mkdir -p $home/.config/systemd/user/timers.target.wants
for timer; do
    ln -s "../$timer" $home/.config/systemd/user/timers.target.wants/
    touch -d '36 hours ago' "$home/.local/share/systemd/timers/stamp-$timer"
done
touch -d '36 hours ago' $home/.local/share/edge-news/feeds.db
# The network comes up after the first try, and a fetch takes its time.
cat >$home/.local/bin/edge-news <<'END'
#!/bin/sh
cd /home/reader/.local/share/edge-news
if [ "$3" = sync ] && ! [ -e tried ]; then
    touch tried
    echo "no network" >>called
    exit 1
fi
if [ "$3" = sync ]; then
    sleep 1
    touch feeds.db
fi
echo "$3" >>called
END
chmod 755 $home/.local/bin/edge-news
chmod 700 /run/user/$user
chown -R $user:$user $home /run/user/$user
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -e "$hierarchy/cgroup.procs" ] && mkdir -p "$hierarchy/edge-news-test"; then
        echo $$ >"$hierarchy/edge-news-test/cgroup.procs"
        chown -R $user:$user "$hierarchy/edge-news-test"
    fi
done

cat >/run/as-user.sh <<'END'
called=$HOME/.local/share/edge-news/called
/lib/systemd/systemd --user >"$XDG_RUNTIME_DIR/manager.log" 2>&1 &
for second in $(seq 60); do
    if grep -q push "$called" 2>/dev/null && grep -q digest "$called"; then
        break
    fi
    sleep 1
done
echo "== called"
cat "$called"
END
cd /
HOME=$home XDG_RUNTIME_DIR=/run/user/$user exec setpriv --reuid $user --regid $user --clear-groups sh /run/as-user.sh
