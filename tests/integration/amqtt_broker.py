"""amqtt in a process of its own: `python -m tests.integration.amqtt_broker PORT`; it says `ready`. One user, one password."""

import asyncio
import sys

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin


class OneUser(BaseAuthPlugin):
    async def authenticate(self, *, session):
        session.is_anonymous = False
        return (session.username, session.password) == ("lab", "right")


async def main(port):
    place = f"{OneUser.__module__ if __name__ != '__main__' else 'tests.integration.amqtt_broker'}.OneUser"
    listener = {"type": "tcp", "bind": f"127.0.0.1:{port}"}
    broker = Broker({"listeners": {"default": listener}, "plugins": {place: {}}})
    await broker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
