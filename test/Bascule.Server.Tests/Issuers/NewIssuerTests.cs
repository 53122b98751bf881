using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Server.Issuers;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.SignIn;
using Bascule.Simulators;
using Bascule.Testing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Issuers;

/// <summary>The settings gain a second provider between two starts of the same installation: nobody gets in by it until somebody who could get in before says so.</summary>
[Trait("Threat", "T145")]
public sealed class NewIssuerTests : IAsyncLifetime
{
    private static readonly Actor Admin = new(ActorType.Human, "p-admin")
    {
        Subject = new Subject("https://id.example.com", "admin"),
    };

    private readonly SettingsFolder _folder = new();
    private readonly LoopbackAuthority _authority = new();
    private readonly Uri _address = SignInStage.NewAddress();
    private PliableIssuer _old = null!;
    private PliableIssuer _new = null!;
    private Host _host = null!;
    private Visitor _ann = null!;

    public async Task InitializeAsync()
    {
        (_old, _new) = (await PliableIssuer.StartAsync(), await PliableIssuer.StartAsync(1));
        _ann = new Visitor(_address, _authority.CaPem);
        await StartAsync(Provider("old", _old));
        await _host.DisposeAsync();
        await StartAsync(Provider("old", _old) + Provider("fresh", _new));
    }

    public async Task DisposeAsync()
    {
        _ann.Dispose();
        await _host.DisposeAsync();
        await _old.DisposeAsync();
        await _new.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private IssuerTrust Trust => _host.Services.GetRequiredService<IssuerTrust>();

    [Fact]
    public async Task TheFirstIssuerCountsAtOnce()
    {
        await _ann.SignInAsync("old");

        _ann.SessionCookie.ShouldNotBeNull();
    }

    [Fact]
    public async Task ANewOneLetsNobodyInAndSaysWhoCanChangeThat()
    {
        await _ann.SignInAsync("fresh");

        (_ann.SessionCookie, _ann.Status).ShouldBe((null, HttpStatusCode.Forbidden));
        _ann.Page.ShouldContain("is new here");
        _ann.Page.ShouldContain("bascule issuer confirm");
    }

    [Fact]
    public async Task NoTokenOfItIsGoodForAnything()
    {
        var token = new Secret(_new.IdToken(PliableIssuer.CliClient));
        var verifier = _host.Services.GetRequiredService<TokenVerifier>();

        var verified = await verifier.VerifyAsync(
            token,
            new(TokenKind.IdToken) { Audiences = [PliableIssuer.CliClient] },
            default
        );

        verified.Problem!.Message.ShouldContain("is new here");
    }

    [Fact]
    public async Task AnAdministratorLetsItCount()
    {
        (await Trust.ConfirmAsync(_new.Url, Admin, default)).Problem.ShouldBeNull();

        await _ann.SignInAsync("fresh");
        _ann.SessionCookie.ShouldNotBeNull();
        var again = await Trust.ConfirmAsync(_new.Url, Admin, default);
        again.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await EntriesAsync("issuer.confirmed")).ShouldBe(["person:p-admin"]);
        (await EntriesAsync("issuer.noted")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task TheLocalTokenDoesNotAsLongAsSomebodyCanSignIn()
    {
        var refused = await Trust.ConfirmAsync(_new.Url, Actor.LocalOperator, default);
        refused.Problem!.Code.ShouldBe(ProblemCode.Denied);

        await _host.DisposeAsync();
        await StartAsync(Provider("fresh", _new));
        (await Trust.ConfirmAsync(_new.Url, Actor.LocalOperator, default)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task WhatNoSettingsNamedCannotBeConfirmed()
    {
        var refused = await Trust.ConfirmAsync("https://evil.example.com", Admin, default);

        refused.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    private async Task StartAsync(string providers) =>
        _host = await SignInStage.StartHostAsync(_folder, _authority, _address, providers.TrimEnd());

    private static string Provider(string name, PliableIssuer issuer) =>
        $$"""
              {{name}}:
                issuer: "{{issuer.Url}}"
                client: "{{PliableIssuer.Client}}"
                secret: "file:web-secret"
                cli_client: {{PliableIssuer.CliClient}}

            """;

    /// <summary>Who is written down.</summary>
    private async Task<IReadOnlyList<string>> EntriesAsync(string type)
    {
        var log = _host.Services.GetRequiredService<IAuditLog>();
        var entries = (await log.ReadAsync(0, 500, default)).Select(record => JsonNode.Parse(record.Entry.Span)!);
        return [.. entries.Where(entry => (string)entry["type"]! == type).Select(entry => (string)entry["actor"]!)];
    }
}
