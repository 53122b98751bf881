using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Client;

/// <summary>
/// Bascule's own API, typed. Safe to use from many tasks at once. Every call answers Unavailable when nothing listens,
/// Unauthenticated when the token is another installation's, and otherwise what the server says.
/// </summary>
public sealed partial class BasculeClient : IDisposable
{
    private readonly Exchange _exchange;
    private readonly TimeProvider _time;

    /// <param name="address">The local listener, e.g. <c>http://127.0.0.1:8081</c>.</param>
    /// <param name="token">What <c>data/cli.token</c> holds.</param>
    public BasculeClient(Uri address, Secret token, TimeProvider? time = null)
    {
        _exchange = new Exchange(address, isLocal: true, token);
        _time = time ?? TimeProvider.System;
    }

    private BasculeClient(Exchange exchange) => (_exchange, _time) = (exchange, TimeProvider.System);

    /// <summary>With the session of somebody who signed in, from any machine.</summary>
    /// <param name="server">The public address.</param>
    /// <param name="caFile">PEM certificates to trust instead of the system's; null for the system's.</param>
    public static BasculeClient ForSession(Uri server, Secret session, string? caFile) =>
        new(new Exchange(server, isLocal: false, session, caFile));

    public Task<Result<ServerStatus>> StatusAsync(CancellationToken cancellationToken) =>
        GetAsync("status", ApiJson.Default.ServerStatus, cancellationToken);

    /// <summary>Newest first.</summary>
    public Task<Result<RunList>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken) =>
        GetAsync("runs" + QueryText.Of(query), ApiJson.Default.RunList, cancellationToken);

    /// <summary>NotFound when there is no such run.</summary>
    public Task<Result<RunDetail>> GetRunAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(RunPath(id), ApiJson.Default.RunDetail, cancellationToken);

    /// <summary>
    /// The run now, and again whenever something about it changes, until it is final. A refusal that may pass (Bascule being restarted)
    /// is waited out for a while; any other ends the sequence.
    /// </summary>
    /// <param name="interval">Between two looks; one second is kind to everybody.</param>
    public async IAsyncEnumerable<Result<RunDetail>> WatchRunAsync(
        string id,
        TimeSpan interval,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        const int Patience = 30;
        var failures = 0;
        byte[] seen = [];
        while (true)
        {
            var body = await _exchange.SendAsync(HttpMethod.Get, RunPath(id), cancellationToken);
            var run = Read(body, ApiJson.Default.RunDetail);
            failures = run.Problem is { IsTransient: true } ? failures + 1 : 0;
            var waits = failures is > 0 and < Patience;
            if (!waits && (run.Problem is not null || !body.Value.AsSpan().SequenceEqual(seen)))
                yield return run;
            if (!waits && (run.Problem is not null || run.Value.Run.Final))
                yield break;
            seen = waits ? seen : body.Value;
            await Task.Delay(interval, _time, cancellationToken);
        }
    }

    /// <summary>Approves what the run stands for. Denied with every rule that refuses.</summary>
    public Task<Result<RunSummary>> ApproveRunAsync(string id, string? comment, CancellationToken cancellationToken) =>
        ApproveRunAsync(id, comment, plan: null, cancellationToken);

    /// <param name="plan">The first 12 or more digits of the plan's digest: Conflict when the run has another one. Null for whatever it has.</param>
    public Task<Result<RunSummary>> ApproveRunAsync(
        string id,
        string? comment,
        string? plan,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            $"{RunPath(id)}/approve",
            new ApprovalAct(comment, Plan: plan),
            ApiJson.Default.RunSummary,
            cancellationToken
        );

    /// <summary>Takes one's own approval back. Conflict once the run has been started.</summary>
    public Task<Result<RunSummary>> WithdrawRunAsync(string id, CancellationToken cancellationToken) =>
        PostAsync($"{RunPath(id)}/withdraw", ApiJson.Default.RunSummary, cancellationToken);

    /// <summary>Lets a run go without its approvals, where its environment allows that at all.</summary>
    public Task<Result<RunSummary>> BreakGlassAsync(string id, string reason, CancellationToken cancellationToken) =>
        PostAsync(
            $"{RunPath(id)}/break-glass",
            new ApprovalAct(Reason: reason),
            ApiJson.Default.RunSummary,
            cancellationToken
        );

    /// <summary>Where something comes from and what became of it. NotFound when nothing is known of it, Invalid with the candidates when it may be several things.</summary>
    /// <param name="of">A commit, a run or a model.</param>
    /// <param name="limit">Of a commit's runs, the newest; null for 25.</param>
    public Task<Result<TraceRecord>> TraceAsync(string of, int? limit, CancellationToken cancellationToken) =>
        GetAsync(
            $"trace?of={Uri.EscapeDataString(of)}" + (limit is { } most ? $"&limit={most}" : ""),
            ApiJson.Default.TraceRecord,
            cancellationToken
        );

    /// <summary>Runs that wait for approval, oldest first.</summary>
    public Task<Result<AwaitingList>> ListWaitingAsync(CancellationToken cancellationToken) =>
        GetAsync("approvals", ApiJson.Default.AwaitingList, cancellationToken);

    /// <summary>The approvals of one run, and what every rule says about whoever asks.</summary>
    public Task<Result<RunApprovals>> GetApprovalsAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"{RunPath(id)}/approvals", ApiJson.Default.RunApprovals, cancellationToken);

    /// <summary>Asks for a stop and returns at once. Conflict when the run has ended.</summary>
    public Task<Result<RunSummary>> CancelRunAsync(string id, CancellationToken cancellationToken) =>
        PostAsync($"{RunPath(id)}/cancel", ApiJson.Default.RunSummary, cancellationToken);

    /// <summary>The new run. Conflict while the old one has not ended.</summary>
    public Task<Result<RunSummary>> RetryRunAsync(string id, CancellationToken cancellationToken) =>
        PostAsync($"{RunPath(id)}/retry", ApiJson.Default.RunSummary, cancellationToken);

    /// <summary>The new run, or the one that is under way. Conflict when nothing can be reproduced, and when its model is not to be registered.</summary>
    public Task<Result<RunSummary>> ReproduceRunAsync(
        string id,
        ReproductionRequest request,
        CancellationToken cancellationToken
    )
    {
        var because = request.Because is { } text ? $"&because={Uri.EscapeDataString(text)}" : "";
        return PostAsync(
            $"{RunPath(id)}/reproduce?register={(request.Register ? "true" : "false")}{because}",
            ApiJson.Default.RunSummary,
            cancellationToken
        );
    }

    /// <summary>Newest first.</summary>
    public Task<Result<DeliveryList>> ListDeliveriesAsync(int limit, CancellationToken cancellationToken) =>
        ListDeliveriesAsync(limit, before: null, cancellationToken);

    /// <param name="before">A delivery's uid: the page after it; null for the newest.</param>
    public Task<Result<DeliveryList>> ListDeliveriesAsync(
        int limit,
        string? before,
        CancellationToken cancellationToken
    ) => GetAsync($"deliveries?{Page(limit, before)}", ApiJson.Default.DeliveryList, cancellationToken);

    /// <summary>Work that failed too often and was set aside, newest first.</summary>
    public Task<Result<QuarantinedList>> ListQuarantinedAsync(int limit, CancellationToken cancellationToken) =>
        ListQuarantinedAsync(limit, before: null, cancellationToken);

    /// <param name="before">The number of such work: the page after it; null for the newest.</param>
    public Task<Result<QuarantinedList>> ListQuarantinedAsync(
        int limit,
        string? before,
        CancellationToken cancellationToken
    ) => GetAsync($"quarantined?{Page(limit, before)}", ApiJson.Default.QuarantinedList, cancellationToken);

    /// <summary>One delivery by its uid, or one row that was set aside by its number. NotFound when there is neither.</summary>
    public Task<Result<EventDetail>> GetEventAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(EventPath(id), ApiJson.Default.EventDetail, cancellationToken);

    /// <summary>Puts it back into the inbox, once. Conflict when it waits there already.</summary>
    public Task<Result<ReplayedRecord>> ReplayEventAsync(string id, CancellationToken cancellationToken) =>
        PostAsync($"{EventPath(id)}/replay", ApiJson.Default.ReplayedRecord, cancellationToken);

    /// <summary>Takes work that was set aside off the list for good. NotFound when there is none with this number.</summary>
    /// <param name="reason">Why, for the audit log.</param>
    public Task<Result<ReplayedRecord>> DismissEventAsync(
        string id,
        string reason,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            $"{EventPath(id)}/dismiss?reason={Uri.EscapeDataString(reason)}",
            ApiJson.Default.ReplayedRecord,
            cancellationToken
        );

    /// <summary>Lets an installation act that was restored or moved. Conflict when it is not held.</summary>
    public Task<Result<ResumedRecord>> ResumeAsync(CancellationToken cancellationToken) =>
        PostAsync("resume", ApiJson.Default.ResumedRecord, cancellationToken);

    /// <summary>The link by which the first administrator signs in. Conflict while there is one.</summary>
    public Task<Result<FirstAdminRecord>> AskFirstAdminAsync(CancellationToken cancellationToken) =>
        PostAsync("first-admin", ApiJson.Default.FirstAdminRecord, cancellationToken);

    /// <summary>Registers webhooks and probes every connection; each finding as it is made.</summary>
    public IAsyncEnumerable<Result<Finding>> ConnectAsync(CancellationToken cancellationToken) =>
        ConnectAsync(rotateSecrets: false, cancellationToken);

    /// <param name="rotateSecrets">Whether every webhook gets a new secret; the former one stays good for an hour.</param>
    public IAsyncEnumerable<Result<Finding>> ConnectAsync(bool rotateSecrets, CancellationToken cancellationToken) =>
        ReadFindingsAsync(rotateSecrets ? "connect?rotate=true" : "connect", cancellationToken);

    /// <summary>What runs where, as far as whoever asks may see it.</summary>
    public Task<Result<EnvironmentList>> ListEnvironmentsAsync(CancellationToken cancellationToken) =>
        GetAsync("environments", ApiJson.Default.EnvironmentList, cancellationToken);

    /// <summary>Each forge of the settings: how what happens there is seen, and how late.</summary>
    public Task<Result<ForgeList>> ListForgesAsync(CancellationToken cancellationToken) =>
        GetAsync("forges", ApiJson.Default.ForgeList, cancellationToken);

    /// <summary>The tokens for git that are good now.</summary>
    public Task<Result<GitTokenList>> ListTokensAsync(CancellationToken cancellationToken) =>
        GetAsync("tokens", ApiJson.Default.GitTokenList, cancellationToken);

    /// <summary>Ends one, by its name that is no secret.</summary>
    public Task<Result<GitTokenRecord>> RevokeTokenAsync(string uid, CancellationToken cancellationToken) =>
        PostAsync(
            $"tokens/revoke?token={Uri.EscapeDataString(uid)}",
            ApiJson.Default.GitTokenRecord,
            cancellationToken
        );

    /// <summary>Who whoever asks is, and which accounts at forges are theirs. Denied for the local token, which is nobody.</summary>
    public Task<Result<AccountRecord>> GetAccountAsync(CancellationToken cancellationToken) =>
        GetAsync("account", ApiJson.Default.AccountRecord, cancellationToken);

    /// <summary>A code that proves an account, once it stands in a comment of that account.</summary>
    public Task<Result<LinkCodeRecord>> MakeLinkCodeAsync(string forge, CancellationToken cancellationToken) =>
        PostAsync($"{LinkPath(forge)}/code", ApiJson.Default.LinkCodeRecord, cancellationToken);

    /// <param name="issue">The address of the issue that the comment is on.</param>
    public Task<Result<LinkedAccountRecord>> ProveAccountAsync(
        string forge,
        string issue,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            $"{LinkPath(forge)}/proof?issue={Uri.EscapeDataString(issue)}",
            ApiJson.Default.LinkedAccountRecord,
            cancellationToken
        );

    /// <param name="account">The forge's number for it; null for the only one there.</param>
    /// <param name="person">Whose, for an administrator; null for one's own.</param>
    public Task<Result<LinkedAccountRecord>> UnlinkAccountAsync(
        string forge,
        string? account,
        string? person,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            (
                person is null
                    ? $"{LinkPath(forge)}/remove?"
                    : $"people/{Uri.EscapeDataString(person)}/unlink?forge={Uri.EscapeDataString(forge)}&"
            ) + $"account={Uri.EscapeDataString(account ?? "")}",
            ApiJson.Default.LinkedAccountRecord,
            cancellationToken
        );

    /// <summary>The keys of one's own linked accounts, and which are confirmed.</summary>
    public Task<Result<AccountKeyList>> ListKeysAsync(CancellationToken cancellationToken) =>
        GetAsync("account/keys", ApiJson.Default.AccountKeyList, cancellationToken);

    /// <summary>Lets commits signed with the key count as proven. Denied without a fresh sign-in, and for a weak key.</summary>
    /// <param name="key">A key of OpenPGP, in ASCII armour; null for one of SSH.</param>
    public Task<Result<AccountKeyList>> ConfirmKeyAsync(
        string fingerprint,
        string? key,
        CancellationToken cancellationToken
    ) => PostAsync("account/keys/confirm", new KeyAct(fingerprint, key), cancellationToken);

    /// <summary>NotFound when one has not confirmed it.</summary>
    public Task<Result<AccountKeyList>> ForgetKeyAsync(string fingerprint, CancellationToken cancellationToken) =>
        PostAsync("account/keys/forget", new KeyAct(fingerprint), cancellationToken);

    /// <summary>Which addresses git may go to this server for. Denied without a person's session.</summary>
    public Task<Result<GitForgeList>> ListGitForgesAsync(CancellationToken cancellationToken) =>
        GetAsync("git", ApiJson.Default.GitForgeList, cancellationToken);

    /// <summary>Checks every connection by using it.</summary>
    public IAsyncEnumerable<Result<Finding>> ExamineAsync(CancellationToken cancellationToken) =>
        ReadFindingsAsync("doctor", cancellationToken);

    public void Dispose() => _exchange.Dispose();

    private async IAsyncEnumerable<Result<Finding>> ReadFindingsAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var line in _exchange.ReadLinesAsync(path, cancellationToken))
        {
            var finding = Read(line, ApiJson.Default.Finding);
            yield return finding;
            if (finding.Problem is not null)
                yield break;
        }
    }

    private static string Page(int limit, string? before) =>
        before is null ? $"limit={limit}" : $"limit={limit}&before={Uri.EscapeDataString(before)}";

    private static string LinkPath(string forge) => $"account/links/{Uri.EscapeDataString(forge)}";

    private static string EventPath(string id) => $"events/{Uri.EscapeDataString(id)}";

    private static string RunPath(string id) => $"runs/{Uri.EscapeDataString(id)}";

    private async Task<Result<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Read(await _exchange.SendAsync(HttpMethod.Get, path, cancellationToken), type);

    private async Task<Result<T>> PostAsync<T>(
        string path,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => Read(await _exchange.SendAsync(HttpMethod.Post, path, cancellationToken), type);

    private async Task<Result<T>> PostAsync<T>(
        string path,
        ApprovalAct act,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        using var body = JsonContent.Create(act, ApiJson.Default.ApprovalAct);
        return Read(await _exchange.SendAsync(HttpMethod.Post, path, cancellationToken, body), type);
    }

    private async Task<Result<AccountKeyList>> PostAsync(string path, KeyAct act, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(act, ApiJson.Default.KeyAct);
        return Read(
            await _exchange.SendAsync(HttpMethod.Post, path, cancellationToken, body),
            ApiJson.Default.AccountKeyList
        );
    }

    private Result<T> Read<T>(Result<byte[]> body, JsonTypeInfo<T> type)
    {
        if (body.Failed(out var problem))
            return problem;
        try
        {
            return JsonSerializer.Deserialize(body.Value, type) is { } value ? value : _exchange.Stranger();
        }
        catch (JsonException)
        {
            return _exchange.Stranger();
        }
    }
}
