"""A name that turns out to be private is not connected to, whatever the URL looked like."""

# ruff: noqa: N802 - the names are Twisted's

from contextlib import nullcontext

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer
from zope.interface.verify import verifyObject

from newsarchive.crawl.http.offsite import AddressRules
from newsarchive.crawl.http.public_resolver import PublicResolver


@implementer(IHostnameResolver)
class Names:
    """A resolver that knows a few names."""

    def __init__(self, **names):
        self.names = names

    def resolveHostName(self, receiver, name, port=0, kinds=None, semantics="TCP"):
        receiver.resolutionBegan(self)
        for address in self.names.get(name.partition(".")[0], ()):
            receiver.addressResolved((IPv6Address if ":" in address else IPv4Address)("TCP", address, port))
        receiver.resolutionComplete()
        return self


@implementer(IResolutionReceiver)
class Receiver:
    def __init__(self):
        self.got, self.complete = [], False

    def resolutionBegan(self, resolution):
        self.resolution = resolution

    def addressResolved(self, address):
        self.got.append(address.host)

    def resolutionComplete(self):
        self.complete = True


def resolve(resolver, name, port=80, rules=None):
    receiver = Receiver()
    with resolver.asked_by(rules) if rules else nullcontext():
        resolver.resolveHostName(receiver, name, port)
    assert receiver.complete
    return receiver.got


RULES = AddressRules(frozenset({"mirror.example.com:8000"}), frozenset({"mirror.example.com:8000"}))


def test_it_is_a_resolver_as_twisted_asks_for():
    assert verifyObject(IHostnameResolver, PublicResolver(Names()))


def test_public_addresses_pass():
    resolver = PublicResolver(Names(news=["93.184.216.34", "2606:2800:220:1::1"]))
    assert resolve(resolver, "news.example.com") == ["93.184.216.34", "2606:2800:220:1::1"]
    assert resolver.refused == {}


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"]
)
def test_private_addresses_are_left_out_and_remembered(address):
    resolver = PublicResolver(Names(news=[address]))
    assert resolve(resolver, "news.example.com") == []
    assert resolver.refused == {"news.example.com": address}


def test_of_mixed_answers_only_the_public_ones_are_left():
    resolver = PublicResolver(Names(news=["192.168.0.1", "93.184.216.34"]))
    assert resolve(resolver, "news.example.com") == ["93.184.216.34"]


def test_a_host_and_port_that_the_user_named_may_be_private():
    resolver = PublicResolver(Names(mirror=["127.0.0.1"]))
    assert resolve(resolver, "mirror.example.com", 8000, RULES) == ["127.0.0.1"]
    assert resolve(resolver, "mirror.example.com", 22, RULES) == []


def test_what_one_crawl_may_connect_to_is_refused_to_another_and_to_nobody_in_particular():
    resolver = PublicResolver(Names(mirror=["127.0.0.1"]))
    other = AddressRules(frozenset({"mirror.example.com:8000"}))
    assert resolve(resolver, "mirror.example.com", 8000, RULES) == ["127.0.0.1"]
    assert resolve(resolver, "mirror.example.com", 8000, other) == []
    assert resolve(resolver, "mirror.example.com", 8000) == []


def test_a_name_that_changes_its_address_is_looked_at_every_time():
    names = Names(news=["93.184.216.34"])
    resolver = PublicResolver(names)
    assert resolve(resolver, "news.example.com")
    names.names["news"] = ["127.0.0.1"]
    assert resolve(resolver, "news.example.com") == []
