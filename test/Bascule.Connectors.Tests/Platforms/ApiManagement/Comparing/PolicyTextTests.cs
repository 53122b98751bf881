using Bascule.Connectors.Platforms.ApiManagement.Comparing;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Comparing;

public sealed class PolicyTextTests
{
    private const string Policy =
        """<policies><inbound><base /><set-header name="a" exists-action="skip"><value>x y</value></set-header></inbound></policies>""";

    [Theory]
    [InlineData(
        "<policies>\r\n  <inbound>\r\n    <base/>\r\n    <set-header exists-action='skip' name='a'>\r\n      <value>\r\n x y </value>\r\n    </set-header>\r\n  </inbound>\r\n</policies>"
    )]
    [InlineData(
        """<policies><!-- why --><inbound><base></base><set-header name="a" exists-action="skip"><value>x y</value></set-header></inbound></policies>"""
    )]
    public void WhatTheServiceWritesAnewIsTheSame(string there) => PolicyText.IsSame(Policy, there).ShouldBeTrue();

    [Theory]
    [InlineData(
        """<policies><inbound><set-header name="a" exists-action="skip"><value>x y</value></set-header></inbound></policies>"""
    )]
    [InlineData(
        """<policies><inbound><base /><set-header name="a" exists-action="skip"><value>x  y</value></set-header></inbound></policies>"""
    )]
    [InlineData(
        """<policies><inbound><base /><set-header name="a" exists-action="override"><value>x y</value></set-header></inbound></policies>"""
    )]
    [InlineData(
        """<policies><inbound><set-header name="a" exists-action="skip"><value>x y</value></set-header><base /></inbound></policies>"""
    )]
    [InlineData(
        """<policies><inbound><base /><set-header name="a" exists-action="skip"><value>X y</value></set-header></inbound></policies>"""
    )]
    public void WhatDoesSomethingElseIsNot(string there) => PolicyText.IsSame(Policy, there).ShouldBeFalse();

    /// <summary>What is not well-formed is never read, and the same only letter by letter.</summary>
    [Theory]
    [Trait("Threat", "T126")]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<a>x</a>")]
    [InlineData("<a>", "<a >")]
    public void WhatIsNotWellFormedIsTheSameOnlyAsItself(string one, string other)
    {
        PolicyText.IsSame(one, other).ShouldBeFalse();
        PolicyText.IsSame(one, one).ShouldBeTrue();
    }
}
