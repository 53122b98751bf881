using System.Text.Json.Nodes;
using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;
using Bascule.Testing.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Connectors.Tests.Issuers.Peers;

/// <summary>Tokens of a real provider: npm oidc-provider.</summary>
public sealed class OidcProviderTests
{
    private const string Api = "urn:bascule:api";
    private static readonly OidcClient Service = OidcClient.Service("svc", "svc-secret");
    private static readonly OidcClient Web = OidcClient.Web("web", "web-secret", "http://127.0.0.1:9/cb");
    private static readonly OidcClient Cli = OidcClient.Device("cli");

    private static readonly Dictionary<string, OidcUser> Users = new()
    {
        ["ann"] = new()
        {
            Name = "Ann",
            Email = "ann@example.com",
            Groups = ["ml-leads", "ml"],
        },
        ["bob"] = new() { Name = "Bob" },
    };

    private static Task<OidcProvider> StartAsync() => OidcProvider.StartAsync(Users, [Service, Web, Cli]);

    [NodeFact]
    public async Task AWorkloadsAccessTokenIsVerified()
    {
        await using var provider = await StartAsync();
        using var stage = new PeerStage(provider.Issuer);
        var token = await provider.ClientCredentialsAsync(Service);

        foreach (var kind in new[] { TokenKind.AccessToken, TokenKind.WorkloadToken })
            (await stage.AcceptAsync(token, PeerStage.For(kind, Api))).Subject.ShouldBe(
                new Subject(provider.Issuer, "svc")
            );

        (await stage.VerifyAsync(token, PeerStage.For(TokenKind.IdToken, Api))).Problem.ShouldNotBeNull();
        (await stage.VerifyAsync(token, PeerStage.For(TokenKind.AccessToken, "urn:other"))).Problem.ShouldNotBeNull();
    }

    [NodeFact]
    public async Task ASignInGivesAnIdTokenWithGroups()
    {
        await using var provider = await StartAsync();
        using var stage = new PeerStage(provider.Issuer);
        using var ann = new ScriptedPerson(provider, "ann");

        var tokens = await provider.SignInAsync(Web, ann, nonce: "n-1");

        var expected = PeerStage.For(TokenKind.IdToken, Web.Id) with
        {
            Nonce = "n-1",
            AccessToken = new Secret((string)tokens["access_token"]!),
        };
        var idToken = new Secret((string)tokens["id_token"]!);
        var verified = await stage.AcceptAsync(idToken, expected);
        (verified.Subject.Id, verified.Display).ShouldBe(("ann", "Ann"));
        verified.Groups.ShouldBe(["ml-leads", "ml"]);
        verified.Claims.Flag("email_verified").ShouldBe(true);
        (await stage.VerifyAsync(idToken, expected with { Nonce = "n-2" })).Problem.ShouldNotBeNull();
        (await stage.VerifyAsync(idToken, PeerStage.For(TokenKind.LogoutToken, Web.Id))).Problem.ShouldNotBeNull();
    }

    [NodeFact]
    public async Task ItsEndpointsAreRead()
    {
        await using var provider = await StartAsync();
        using var stage = new PeerStage(provider.Issuer);

        var read = await stage.MetadataAsync();

        (read.Authorization, read.EndSession).ShouldBe(
            (new Uri($"{provider.Issuer}/auth"), new Uri($"{provider.Issuer}/session/end"))
        );
        read.DeviceAuthorization.ShouldBe(new Uri($"{provider.Issuer}/device/auth"));
        (read.BackChannelLogout, read.BackChannelLogoutSession, read.AuthorizationResponseIssuer).ShouldBe(
            (true, true, true)
        );
        read.PkceMethods.ShouldBe(["S256"]);
    }

    [NodeFact]
    [Trait("Threat", "T35")]
    public async Task AfterARotationItsNewKeyWorksAndItsOldOneEnds()
    {
        await using var provider = await StartAsync();
        var eager = new IssuerTimes { Refresh = TimeSpan.Zero, Pause = TimeSpan.Zero };
        using var stage = new PeerStage(provider.Issuer, eager);
        var expected = PeerStage.For(TokenKind.AccessToken, Api);
        var old = await provider.ClientCredentialsAsync(Service);
        await stage.AcceptAsync(old, expected);

        await provider.RotateKeysAsync();
        (await stage.AcceptAsync(await provider.ClientCredentialsAsync(Service), expected)).KeyId.ShouldBe("k2");
        await stage.AcceptAsync(old, expected);
        await provider.RotateKeysAsync(keepFormer: false);

        (await stage.VerifyAsync(old, expected)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        await provider.StopAsync();
        (await stage.VerifyAsync(old, expected)).Problem.ShouldNotBeNull();
    }

    [NodeFact]
    public async Task WhoIsDisabledCannotRefresh()
    {
        await using var provider = await StartAsync();
        using var ann = new ScriptedPerson(provider, "ann");
        var tokens = await provider.SignInAsync(Web, ann, nonce: "n-1", scope: "openid offline_access");
        var refresh = (string)tokens["refresh_token"]!;
        tokens = await RefreshAsync(provider, refresh);
        tokens["id_token"].ShouldNotBeNull();

        await provider.DisableUserAsync("ann");

        ((string)(await RefreshAsync(provider, (string?)tokens["refresh_token"] ?? refresh))["error"]!).ShouldBe(
            "invalid_grant"
        );
    }

    [NodeFact]
    public async Task ADeviceIsApprovedByAPerson()
    {
        await using var provider = await StartAsync();
        using var stage = new PeerStage(provider.Issuer);
        using var bob = new ScriptedPerson(provider, "bob");
        var device = await provider.AskDeviceCodeAsync(Cli);
        ((string)(await PollAsync(provider, device))["error"]!).ShouldBe("authorization_pending");

        await bob.GoAsync(new Uri((string)device["verification_uri_complete"]!));

        var tokens = await PollAsync(provider, device);
        var idToken = new Secret((string)tokens["id_token"]!);
        (await stage.AcceptAsync(idToken, PeerStage.For(TokenKind.IdToken, Cli.Id))).Subject.Id.ShouldBe("bob");
    }

    [NodeFact]
    [Trait("Threat", "T43")]
    public async Task SigningOutSendsALogoutTokenThatEndsSessionsAndNothingElse()
    {
        var received = new TaskCompletionSource<string>();
        await using var receiver = await ReceiveAsync(received);
        var address = receiver
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var client = Web with { BackChannelLogoutUri = $"{address}/logout", BackChannelLogoutSessionRequired = true };
        await using var provider = await OidcProvider.StartAsync(Users, [client]);
        using var stage = new PeerStage(provider.Issuer);
        using var ann = new ScriptedPerson(provider, "ann");
        var signedIn = await provider.SignInAsync(client, ann, nonce: "n");
        var idToken = await stage.AcceptAsync(
            new Secret((string)signedIn["id_token"]!),
            PeerStage.For(TokenKind.IdToken, client.Id)
        );

        await ann.GoAsync(new Uri($"{provider.Issuer}/session/end"));

        var logoutToken = new Secret(await received.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        var logout = await stage.AcceptAsync(logoutToken, PeerStage.For(TokenKind.LogoutToken, client.Id));
        (logout.FindSubject, logout.SessionId).ShouldBe((idToken.Subject, idToken.SessionId));
        foreach (var kind in new[] { TokenKind.IdToken, TokenKind.WorkloadToken, TokenKind.AccessToken })
            (await stage.VerifyAsync(logoutToken, PeerStage.For(kind, client.Id))).Problem.ShouldNotBeNull();
    }

    private static Task<JsonObject> RefreshAsync(OidcProvider provider, string token) =>
        provider.AskTokenAsync(Web, ("grant_type", "refresh_token"), ("refresh_token", token));

    private static Task<JsonObject> PollAsync(OidcProvider provider, JsonObject device) =>
        provider.AskTokenAsync(
            Cli,
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", (string)device["device_code"]!)
        );

    private static async Task<WebApplication> ReceiveAsync(TaskCompletionSource<string> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
            received.TrySetResult((await context.Request.ReadFormAsync())["logout_token"].ToString())
        );
        await app.StartAsync();
        return app;
    }
}
