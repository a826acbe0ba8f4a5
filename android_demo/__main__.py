"""`python -m android_demo` starts the app on a desktop."""

from android_demo.main import main

main()
