using System.Security.Cryptography;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>
/// Gogs has no call that deletes a token, and its API takes nothing but tokens. So the account's password is what is replaced, by a random one that nobody
/// ever sees: git shows it, and it guards the list in which Gogs shows every token in the clear. Replacing it takes a site administrator. Tried with 0.11.91.
/// </summary>
/// <param name="administrator">A site administrator's token; null where the account itself is one.</param>
internal sealed class GogsRotation(string forge, Secret? administrator, OutboundClient http) : ICredentialRotation
{
    private const string TokenName = "bascule";
    private const int PasswordLength = 40;
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    public bool Overlaps => false;

    /// <summary>Gogs lists tokens with their value, so the one of an earlier time is found again: no second one is left behind that nobody can delete.</summary>
    public async Task<Result<ForgeSecret>> AdoptAsync(
        string account,
        Secret password,
        CancellationToken cancellationToken
    )
    {
        if (!ForgeNames.IsName(account))
            return Problem.Invalid($"forge '{forge}': no account can have that name");
        var secret = new ForgeSecret(new Secret(""))
        {
            Account = account,
            Password = password,
            TokenName = TokenName,
        };
        var listed = await ListAsync(secret, cancellationToken);
        if (listed.Failed(out var unlisted))
            return unlisted;
        if (listed.Value.Find(token => token.Name == TokenName) is { Sha1.Length: > 0 } known)
            return secret with { Token = new Secret(known.Sha1) };
        var request = OutboundRequest.Send(
            HttpMethod.Post,
            Tokens(account),
            "make a token for its account",
            new NewToken(TokenName),
            GogsJson.Default.NewToken
        ) with
        {
            Authorization = ByPassword(secret),
        };
        var made = await http.CallAsync(request, GogsJson.Default.ApiToken, cancellationToken);
        return made.Failed(out var problem) ? problem
            : made.Value.Sha1.Length > 0 ? secret with { Token = new Secret(made.Value.Sha1) }
            : Problem.Invalid($"{http.Subject}: it made a token and did not say which");
    }

    public Problem? WhyNot(ForgeSecret present) =>
        present is { Account: not null, Password: not null }
            ? null
            : Problem.Invalid(
                $"forge '{forge}': its credential is a token alone, which Gogs cannot delete; what is replaced there is the account's password: "
                    + $"run: bascule credential seal {forge} --account NAME"
            );

    public ForgeSecret Prepare(ForgeSecret present) =>
        present with
        {
            Password = new Secret(RandomNumberGenerator.GetString(Letters, PasswordLength)),
        };

    public async Task<Result<ForgeSecret>> MakeAsync(
        ForgeSecret present,
        ForgeSecret prepared,
        CancellationToken cancellationToken
    )
    {
        var set = await SetPasswordAsync(present, prepared, cancellationToken);
        return set.Failed(out var problem) ? problem : prepared;
    }

    /// <summary>By the token, and where there is a password by the list that it opens: the token is in it, or it is another account's.</summary>
    public async Task<Result<ForgeAccount>> IdentifyAsync(ForgeSecret secret, CancellationToken cancellationToken)
    {
        var request = OutboundRequest.Get("/api/v1/user", "ask whose token it is") with
        {
            Authorization = TokenHeader.Of(secret.Token),
        };
        var user = await http.CallAsync(request, GogsJson.Default.ApiUser, cancellationToken);
        if (user.Failed(out var problem))
            return problem;
        var account = new ForgeAccount(user.Value.Id, user.Value.Username);
        if (secret.Password is null)
            return account;
        var listed = await ListAsync(secret, cancellationToken);
        return listed.Failed(out var refused) ? refused
            : listed.Value.Exists(token => token.Sha1 == secret.Token.Reveal()) ? account
            : Problem.Denied($"forge '{forge}': the password is another account's than the token");
    }

    /// <summary>Where the forge did not take the change the present password is good, and nothing is to be done.</summary>
    public Task<Result<Done>> UndoAsync(ForgeSecret present, ForgeSecret made, CancellationToken cancellationToken) =>
        SetPasswordAsync(made, present, cancellationToken);

    public async Task<Result<Done>> EndAsync(
        ForgeSecret present,
        ForgeSecret former,
        CancellationToken cancellationToken
    )
    {
        if (former.Password is null || former.Password.Reveal() == present.Password?.Reveal())
            return Result.Done;
        var listed = await ListAsync(former, cancellationToken);
        return !listed.Failed(out var refused)
                ? Problem.Conflict(
                    $"forge '{forge}': the former password is still accepted; set another one at the forge, and seal it"
                )
            : refused.Code == ProblemCode.Unauthenticated ? Result.Done
            : refused;
    }

    /// <summary>
    /// Looks first whether it is set already, as a call before a crash may have left it. Gogs takes the whole account with a change: what it shows of it is sent
    /// back, and website and location, which it never shows, are lost.
    /// </summary>
    private async Task<Result<Done>> SetPasswordAsync(
        ForgeSecret present,
        ForgeSecret wanted,
        CancellationToken cancellationToken
    )
    {
        var tried = await ListAsync(wanted, cancellationToken);
        if (!tried.Failed(out var refused))
            return Result.Done;
        if (refused.Code != ProblemCode.Unauthenticated)
            return refused;
        var found = await FindAccountAsync(present, cancellationToken);
        if (found.Failed(out var unknown))
            return unknown;
        var change = new AccountChange(found.Value.Email!, found.Value.FullName ?? "", wanted.Password!.Reveal());
        var request = OutboundRequest.Send(
            HttpMethod.Patch,
            OutboundPath.Of($"/api/v1/admin/users/{wanted.Account!}"),
            "give its account a new password",
            change,
            GogsJson.Default.AccountChange
        ) with
        {
            Authorization = Administrator(present),
        };
        var changed = await http.CallAsync(request, cancellationToken);
        return changed.Problem is { Code: ProblemCode.Denied } ? NeedsAdministrator() : changed;
    }

    /// <summary>The account is found by its name, and names may be given to somebody else (THREATS T40).</summary>
    private async Task<Result<ApiAccount>> FindAccountAsync(ForgeSecret present, CancellationToken cancellationToken)
    {
        var self = OutboundRequest.Get("/api/v1/user", "ask whose token it is") with
        {
            Authorization = TokenHeader.Of(present.Token),
        };
        var user = await http.CallAsync(self, GogsJson.Default.ApiUser, cancellationToken);
        if (user.Failed(out var unknown))
            return unknown;
        var named = OutboundRequest.Get(OutboundPath.Of($"/api/v1/users/{present.Account!}"), "find its account") with
        {
            Authorization = Administrator(present),
        };
        var found = await http.CallAsync(named, GogsJson.Default.ApiAccount, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        return found.Value.Id != user.Value.Id
                ? Problem.Denied(
                    $"forge '{forge}': '{present.Account}' is another account than the token's; seal it again"
                )
            : string.IsNullOrEmpty(found.Value.Email)
                ? Problem.Invalid(
                    $"forge '{forge}': it does not show the address of account '{present.Account}', without which it changes no password"
                )
            : found;
    }

    private async Task<Result<List<ApiToken>>> ListAsync(ForgeSecret by, CancellationToken cancellationToken)
    {
        var request = OutboundRequest.Get(Tokens(by.Account!), "try the password of its account") with
        {
            Authorization = ByPassword(by),
        };
        return await http.CallAsync(request, GogsJson.Default.ListApiToken, cancellationToken);
    }

    private Problem NeedsAdministrator() =>
        Problem.Denied(
            $"forge '{forge}': only a site administrator changes passwords, and "
                + (
                    administrator is null
                        ? $"its account is none; write forges.{forge}.administrator: \"file:/path\" with a token of one"
                        : $"forges.{forge}.administrator is none any more; put the token of one there"
                )
        );

    private Secret Administrator(ForgeSecret present) => TokenHeader.Of(administrator ?? present.Token);

    private static string Tokens(string account) => OutboundPath.Of($"/api/v1/users/{account}/tokens");

    private static Secret ByPassword(ForgeSecret secret) => ForgeLogins.Basic(secret.Account!, secret.Password!);
}
