"""A computer for the app to live on: a home with memory in it, a screen, buses, a tray, notifications, a keychain.

home.py           a person's folders and the environment that names them
desktop.py        a screen of its own (Xvfb) with its buses, and what a desktop runs on them
bus.py            private message buses
tray_host.py      a tray as panels are one: watches for icons, reads their menus, clicks them
services.py       notifications, NetworkManager, UPower and logind, as stand-ins that a test moves
engine.py         the worker's engine in the test's own process
program.py        the app as a process: started, asked, ended, and what it left behind
"""
