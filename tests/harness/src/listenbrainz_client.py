"""Tells a ListenBrainz server what was played, by the client library that other programs use: reads one JSON object from
standard input – url, token, and what to do – and writes what the library answers, or the error that it raises."""

import json
import sys

import liblistenbrainz
from liblistenbrainz import errors

asked = json.load(sys.stdin)
client = liblistenbrainz.ListenBrainz(api_base_url=asked["url"])


def listen(one):
    return liblistenbrainz.Listen(
        track_name=one["track_name"],
        artist_name=one["artist_name"],
        release_name=one.get("release_name"),
        listened_at=one.get("listened_at"),
        additional_info=one.get("additional_info"),
    )


try:
    if asked["do"] == "validate":
        try:
            client.set_auth_token(asked["token"])
            answer = True
        except errors.InvalidAuthTokenException:
            answer = False
    else:
        client.set_auth_token(asked["token"], check_validity=asked.get("check", True))
        if asked["do"] == "single":
            answer = client.submit_single_listen(listen(asked["listens"][0]))
        elif asked["do"] == "import":
            answer = client.submit_multiple_listens([listen(one) for one in asked["listens"]])
        elif asked["do"] == "playing_now":
            answer = client.submit_playing_now(listen(asked["listens"][0]))
        else:
            sys.exit("unknown: " + asked["do"])
    answer = {"answer": answer, "remaining": client.remaining_requests}
except errors.ListenBrainzAPIException as error:
    answer = {"status": error.status_code, "error": error.message}
except errors.InvalidAuthTokenException:
    answer = {"error": "invalid token"}
json.dump(answer, sys.stdout)
