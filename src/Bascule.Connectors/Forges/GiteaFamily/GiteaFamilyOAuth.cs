using System.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>Bascule as an OAuth2 client of the forge, by which people prove that an account there is theirs.</summary>
internal sealed record GiteaFamilyOAuth(string Client, Secret ClientSecret)
{
    private const string Key = "oauth";
    private const string Authorize = "/login/oauth/authorize";
    private const string Token = "/login/oauth/access_token";

    /// <summary>What later versions narrow the token to; earlier ones know no scopes and ignore it.</summary>
    private const string Scope = "read:user";
    private const int MaxAnswer = 64 * 1024;

    /// <summary>Null when there is none, or something is wrong with it; all of that is in the reader then.</summary>
    public static GiteaFamilyOAuth? Read(SettingReader settings, ConnectionHost host)
    {
        if (settings.Map(Key) is not { } oauth)
            return null;
        var client = oauth.RequiredText("client", "write client: the client id that the forge gave Bascule");
        var secret = oauth.RequiredSecret("secret", host);
        if (client is not null && !IsPlain(client))
            oauth.Refuse("client", "has characters that no client id has", "copy it as the forge shows it");
        oauth.RefuseOthers();
        return client is null || secret is null || oauth.HasProblems ? null : new GiteaFamilyOAuth(client, secret);
    }

    public Uri Address(Uri forge, Uri redirect, Secret state, string challenge) =>
        new(
            forge.AbsoluteUri.TrimEnd('/')
                + Authorize
                + OutboundPath.Of($"?client_id={Client}&redirect_uri={redirect.OriginalString}&response_type=code")
                + OutboundPath.Of($"&scope={Scope}&state={state.Reveal()}")
                + OutboundPath.Of($"&code_challenge={challenge}&code_challenge_method=S256")
        );

    public async Task<Result<ForgeAccount>> ProveAsync(
        OutboundClient http,
        AccountCode code,
        CancellationToken cancellationToken
    )
    {
        var redeemed = await RedeemAsync(http, code, cancellationToken);
        if (redeemed.Failed(out var refused))
            return refused;
        var request = OutboundRequest.Get("/api/v1/user", "ask whose account it is") with
        {
            Authorization = new Secret($"Bearer {redeemed.Value.Reveal()}"),
            MaxAnswerBytes = MaxAnswer,
        };
        var user = await http.CallAsync(request, GiteaFamilyJson.Default.ApiUser, cancellationToken);
        if (user.Failed(out var unknown))
            return unknown;
        return user.Value.Id > 0
            ? new ForgeAccount(user.Value.Id, user.Value.Login)
            : Problem.Invalid($"{http.Subject} names an account without a number; nothing is linked");
    }

    /// <summary>The client's own credential, and never the token that Bascule has for its other calls (RFC 6749, section 2.3.1).</summary>
    private async Task<Result<Secret>> RedeemAsync(
        OutboundClient http,
        AccountCode code,
        CancellationToken cancellationToken
    )
    {
        var pair = $"{Uri.EscapeDataString(Client)}:{Uri.EscapeDataString(ClientSecret.Reveal())}";
        using var form = new FormUrlEncodedContent([
            new("grant_type", "authorization_code"),
            new("code", code.Code.Reveal()),
            new("redirect_uri", code.Redirect.OriginalString),
            new("code_verifier", code.Verifier.Reveal()),
        ]);
        var request = new OutboundRequest(HttpMethod.Post, Token, "redeem the code of a proof")
        {
            Authorization = new Secret("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))),
            Content = form,
            MaxAnswerBytes = MaxAnswer,
        };
        var sent = await http.SendAsync(request, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        if (sent.Value.Status is 400 or 401 or 403)
            return Refused(http, sent.Value);
        var read = sent.Value.Read(GiteaFamilyJson.Default.ApiOAuthToken);
        if (read.Failed(out var unreadable))
            return unreadable;
        return
            read.Value.TokenType.Equals("bearer", StringComparison.OrdinalIgnoreCase)
            && read.Value.AccessToken.Length > 0
            ? new Secret(read.Value.AccessToken)
            : Problem.Invalid($"{http.Subject} gave no bearer token for the code; nothing is linked");
    }

    /// <summary>The forge says much the same of a code that is over and of a client that it does not know (recorded).</summary>
    private static Problem Refused(OutboundClient http, OutboundAnswer answer)
    {
        var said = JsonReading.Read(answer.Body, GiteaFamilyJson.Default.ApiOAuthError);
        var words = said.Problem is null ? said.Value.ErrorDescription ?? said.Value.Error : null;
        return Problem.Unauthenticated(
            $"{http.Subject} did not take the proof{(words is null ? "" : $" (\"{StatusProblem.Clean(words)}\")")}: begin again; "
                + "if it happens again, whoever runs Bascule compares oauth in its settings with the application at the forge"
        );
    }

    private static bool IsPlain(string text) => text.All(letter => letter is > ' ' and < '\x7f' and not ':');
}

internal sealed record ApiOAuthToken(string AccessToken, string TokenType);

internal sealed record ApiOAuthError(string? Error, string? ErrorDescription);
