"""Headers by which browsers keep the site's pages to themselves, beside those that Django and django-csp write."""

FEATURES = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
]
"""What no page here has a use for. Source: W3C Permissions Policy, the features that browsers know."""

PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)

SANDBOXED = "sandbox; default-src 'none'"
"""The policy of a file: opened by itself it runs nothing, loads nothing and is of no origin."""

SANDBOXED_PICTURE = f"{SANDBOXED}; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The same for our own static files, of which a picture may have colours for the dark."""


def keep_to_itself(get_response):
    """Middleware: no page may use a camera or the like, and no other site may load an answer as part of its own."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def sandbox_static_file(headers, path, url):
    """WhiteNoise: a static file that is opened by itself runs nothing."""
    headers["Content-Security-Policy"] = SANDBOXED_PICTURE
