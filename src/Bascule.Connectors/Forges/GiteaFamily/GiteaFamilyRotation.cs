using System.Globalization;
using System.Security.Cryptography;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>
/// Access tokens that Bascule makes and deletes for its account. The server lets only who shows the account's password do that, so the password is sealed with
/// the token; for everything else the token is shown. Tried with Gitea 1.15.11.
/// </summary>
internal sealed class GiteaFamilyRotation(string forge, OutboundClient http) : ICredentialRotation
{
    /// <summary>What later versions demand, and earlier ones ignore: as much as a token had before there were scopes.</summary>
    private static readonly string[] AllScopes = ["all"];
    private const int NameDigits = 12;
    private const int PageSize = 50;
    private const int MaxPages = 100;

    public bool Overlaps => true;

    public async Task<Result<ForgeSecret>> AdoptAsync(
        string account,
        Secret password,
        CancellationToken cancellationToken
    )
    {
        if (!ForgeNames.IsName(account))
            return Problem.Invalid($"forge '{forge}': no account can have that name");
        var present = new ForgeSecret(new Secret("")) { Account = account, Password = password };
        return await MakeAsync(present, Prepare(present), cancellationToken);
    }

    public Problem? WhyNot(ForgeSecret present) =>
        present is { Account: not null, Password: not null }
            ? null
            : Problem.Invalid(
                $"forge '{forge}': its credential is a token alone, and the forge makes tokens only for who shows the account's password; "
                    + $"run: bascule credential seal {forge} --account NAME"
            );

    public ForgeSecret Prepare(ForgeSecret present) =>
        present with
        {
            Token = new Secret(""),
            TokenId = null,
            TokenName = "bascule-" + RandomNumberGenerator.GetHexString(NameDigits, lowercase: true),
        };

    /// <summary>A token of that name was made by a call whose answer was lost: what it is nobody knows, so another takes its place.</summary>
    public async Task<Result<ForgeSecret>> MakeAsync(
        ForgeSecret present,
        ForgeSecret prepared,
        CancellationToken cancellationToken
    )
    {
        var listed = await ListAsync(prepared, cancellationToken);
        if (listed.Failed(out var unlisted))
            return unlisted;
        foreach (var lost in listed.Value.Where(token => token.Name == prepared.TokenName))
            if ((await DeleteAsync(prepared, lost.Id, cancellationToken)).Failed(out var undeleted))
                return undeleted;
        var scopes = listed.Value.FirstOrDefault(token => token.Id == present.TokenId)?.Scopes;
        var request = OutboundRequest.Send(
            HttpMethod.Post,
            Tokens(prepared),
            "make a token for its account",
            new NewToken(prepared.TokenName!, scopes is { Count: > 0 } ? scopes : AllScopes),
            GiteaFamilyJson.Default.NewToken
        ) with
        {
            Authorization = ByPassword(prepared),
        };
        var made = await http.CallAsync(request, GiteaFamilyJson.Default.ApiToken, cancellationToken);
        if (made.Failed(out var problem))
            return problem;
        return made.Value is { Sha1: { Length: > 0 } token, Id: > 0 }
            ? prepared with
            {
                Token = new Secret(token),
                TokenId = made.Value.Id,
            }
            : Problem.Invalid($"{http.Subject}: it made a token and did not say which");
    }

    public async Task<Result<ForgeAccount>> IdentifyAsync(ForgeSecret secret, CancellationToken cancellationToken)
    {
        var request = OutboundRequest.Get("/api/v1/user", "ask whose token it is") with
        {
            Authorization = TokenHeader.Of(secret.Token),
        };
        var user = await http.CallAsync(request, GiteaFamilyJson.Default.ApiUser, cancellationToken);
        return user.Failed(out var problem) ? problem : new ForgeAccount(user.Value.Id, user.Value.Login);
    }

    public async Task<Result<Done>> UndoAsync(
        ForgeSecret present,
        ForgeSecret made,
        CancellationToken cancellationToken
    )
    {
        var listed = await ListAsync(made, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        foreach (var token in listed.Value.Where(token => token.Name == made.TokenName))
            if ((await DeleteAsync(made, token.Id, cancellationToken)).Failed(out var undeleted))
                return undeleted;
        return Result.Done;
    }

    public async Task<Result<Done>> EndAsync(
        ForgeSecret present,
        ForgeSecret former,
        CancellationToken cancellationToken
    )
    {
        // The account's password may be another one by now, or the account another.
        var by = present.Password is not null && present.Account == former.Account ? present : former;
        if (by.Password is not null)
        {
            var deleted = await UndoAsync(present, by with { TokenName = former.TokenName }, cancellationToken);
            if (deleted.Failed(out _))
                return deleted;
        }
        if (former.Token.IsEmpty)
            return Result.Done;
        var seen = await IdentifyAsync(former, cancellationToken);
        return !seen.Failed(out var refused)
                ? Problem.Conflict(
                    $"forge '{forge}': the former token is still accepted; delete it at the forge, under Settings, Applications"
                )
            : refused.Code == ProblemCode.Unauthenticated ? Result.Done
            : refused;
    }

    private async Task<Result<IReadOnlyList<ApiToken>>> ListAsync(ForgeSecret by, CancellationToken cancellationToken)
    {
        List<ApiToken> found = [];
        for (var page = 1; page <= MaxPages; page++)
        {
            var path = Tokens(by) + OutboundPath.Of($"?limit={PageSize}&page={page}");
            var request = OutboundRequest.Get(path, "list the tokens of its account") with
            {
                Authorization = ByPassword(by),
            };
            var listed = await http.CallAsync(request, GiteaFamilyJson.Default.ListApiToken, cancellationToken);
            if (listed.Failed(out var problem))
                return problem;
            var fresh = listed.Value.Where(token => !found.Exists(known => known.Id == token.Id)).ToList();
            if (fresh.Count == 0)
                break;
            found.AddRange(fresh);
        }
        return found;
    }

    /// <summary>One that is not there is deleted.</summary>
    private async Task<Result<Done>> DeleteAsync(ForgeSecret by, long id, CancellationToken cancellationToken)
    {
        var path = Tokens(by) + "/" + id.ToString(CultureInfo.InvariantCulture);
        var request = new OutboundRequest(HttpMethod.Delete, path, $"delete token {id} of its account")
        {
            Authorization = ByPassword(by),
        };
        var deleted = await http.CallAsync(request, cancellationToken);
        return deleted.Problem is { Code: ProblemCode.NotFound } ? Result.Done : deleted;
    }

    private static string Tokens(ForgeSecret of) => OutboundPath.Of($"/api/v1/users/{of.Account!}/tokens");

    private static Secret ByPassword(ForgeSecret secret) => ForgeLogins.Basic(secret.Account!, secret.Password!);
}
