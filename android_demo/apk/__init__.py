"""Reads what an APK is made of, in plain Python: for `check_apk`, never in the app."""
