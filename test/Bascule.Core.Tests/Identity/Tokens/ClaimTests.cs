using System.Text.Json.Nodes;

namespace Bascule.Core.Tests.Identity.Tokens;

public sealed class ClaimTests
{
    private readonly TokenStage _stage = new();

    [Theory]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "\"  \"")]
    [InlineData("sub", "null")]
    [InlineData("sub", "[]")]
    [InlineData("groups", "null")]
    [InlineData("email_verified", "null")]
    [InlineData("nonce", "\"\"")]
    [InlineData("jti", "null")]
    [InlineData("nbf", "null")]
    [Trait("Threat", "T37")]
    public async Task NothingIsNotAnything(string claim, string value) =>
        await _stage.RefuseAsync(_stage.Claims((claim, JsonNode.Parse(value))), $"its {claim} is");

    [Fact]
    [Trait("Threat", "T37")]
    public async Task WithoutASubjectATokenIsRefused() => await _stage.RefuseAsync(_stage.Without("sub"), "has no sub");

    [Fact]
    [Trait("Threat", "T37")]
    public async Task WhatIsMissingReadsAsNothingAndNeverAsSomething()
    {
        var token = await _stage.AcceptAsync(_stage.Claims(("email", null), ("role", ""), ("roles", new JsonArray())));

        token.Groups.ShouldBeEmpty();
        token.Claims.Text("email").ShouldBeNull();
        token.Claims.Text("role").ShouldBeNull();
        token.Claims.Text("missing").ShouldBeNull();
        token.Claims.Flag("missing").ShouldBeNull();
        token.Claims.Texts("missing").ShouldBeNull();
        token.Claims.Texts("roles").ShouldNotBeNull().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("groups", "\"admin\"", "a text; it must be a list of texts")]
    [InlineData("groups", """["dev",["admin"]]""", "a list; it must be a list of texts")]
    [InlineData("groups", """["dev",7]""", "a list")]
    [InlineData("groups", """["dev",null]""", "a list")]
    [InlineData("groups", """["dev",""]""", "a list")]
    [InlineData("groups", """{"admin":true}""", "an object")]
    [InlineData("email_verified", "\"false\"", "a text; it must be true or false")]
    [InlineData("email_verified", "\"true\"", "a text")]
    [InlineData("email_verified", "1", "a number")]
    [InlineData("sub", "7", "a number; it must be a text")]
    [InlineData("sub", """{"id":"u-1"}""", "an object")]
    [InlineData("jti", "7", "a number")]
    [InlineData("sid", "true", "a truth value")]
    [InlineData("azp", """["bascule"]""", "a list")]
    [Trait("Threat", "T38")]
    public async Task AClaimHasTheTypeThatItsStandardGivesIt(string claim, string value, string because) =>
        await _stage.RefuseAsync(_stage.Claims((claim, JsonNode.Parse(value))), $"its {claim} is {because}");

    [Fact]
    [Trait("Threat", "T38")]
    public async Task AClaimReadsAsItsOwnTypeAlone()
    {
        var claims = (
            await _stage.AcceptAsync(
                _stage.Claims(
                    ("text", "true"),
                    ("number", 7),
                    ("fraction", 1.5),
                    ("flag", false),
                    ("list", new JsonArray("a")),
                    ("mixed", new JsonArray("a", 1)),
                    ("nested", new JsonObject { ["namespace"] = "ml" })
                )
            )
        ).Claims;

        (claims.Text("text"), claims.Flag("text"), claims.Number("text"), claims.Texts("text")).ShouldBe(
            ("true", null, null, null)
        );
        (claims.Number("number"), claims.Text("number"), claims.Number("fraction")).ShouldBe((7, null, null));
        (claims.Flag("flag"), claims.Text("flag")).ShouldBe((false, null));
        claims.Texts("list").ShouldBe(["a"]);
        (claims.Text("list"), claims.Texts("mixed"), claims.Texts("nested")).ShouldBe((null, null, null));
        claims.Nested("nested")!.Text("namespace").ShouldBe("ml");
    }

    [Theory]
    [InlineData("""{"sub":"u-1","sub":"u-2"}""")]
    [InlineData("""{"sub":"u-1","s\u0075b":"u-2"}""")]
    [InlineData("""{"sub":"u\u0000-1"}""")]
    [InlineData("""{"sub":"\ud800"}""")]
    [InlineData("""["u-1"]""")]
    [InlineData("null")]
    [Trait("Threat", "T38")]
    public async Task ClaimsThatTwoReadersReadDifferentlyAreRefused(string claims) =>
        await _stage.RefuseAsync(_stage.Mint.Sign("""{"alg":"RS256","kid":"k1"}""", claims), "its claims are");

    [Theory]
    [InlineData("a\tb")]
    [InlineData(1025)]
    [Trait("Threat", "T38")]
    public async Task ASubjectIsPrintableAndNotEndless(object sub) =>
        await _stage.RefuseAsync(
            _stage.Claims(("sub", sub is int length ? new string('a', length) : (string)sub)),
            "its sub is longer"
        );
}
