using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Installation;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Issuers;

/// <summary>
/// Which of the settings' issuers count. The settings alone bring none: one that was not there before waits until an administrator has confirmed it, so that
/// it takes whoever writes the settings and somebody who was let in before (THREATS T145).
/// </summary>
internal sealed partial class IssuerTrust(
    TrustedIssuers issuers,
    ServerSettings settings,
    IInstallationStore installation,
    IWorkStore store,
    AuditTrail audit,
    TimeProvider time,
    ILogger<IssuerTrust> log
)
{
    /// <summary>Confirmed ones, for ever: nothing takes that back but removing the issuer from the settings, which needs a new start.</summary>
    private readonly ConcurrentDictionary<string, bool> _confirmed = new(StringComparer.Ordinal);

    /// <summary>At the start, before anybody can come in: what is new is written down.</summary>
    public async Task<Result<Done>> NoteAsync(CancellationToken cancellationToken)
    {
        var fresh = await installation.BindIssuersAsync(
            [.. issuers.All.Select(issuer => issuer.Url.Text)],
            cancellationToken
        );
        // Without the database nobody could be asked later.
        foreach (var known in await installation.ListIssuersAsync(cancellationToken))
            if (known.IsConfirmed)
                _confirmed[known.Url] = true;
        foreach (var issuer in fresh)
        {
            if (!issuer.IsConfirmed)
                Log.Waits(log, issuer.Url);
            var facts = new JsonObject { ["issuer"] = issuer.Url, ["confirmed"] = issuer.IsConfirmed };
            var written = await audit.WriteAsync(
                new AuditEntry(AuditTypes.IssuerNoted, "bascule") { Facts = facts },
                cancellationToken
            );
            if (written.Failed(out _))
                return written;
        }
        return Result.Done;
    }

    /// <summary>Null when it counts; else what to tell who comes from there.</summary>
    public async Task<Problem?> FindFaultAsync(string url, CancellationToken cancellationToken)
    {
        if (_confirmed.ContainsKey(url))
            return null;
        var known = await installation.ListIssuersAsync(cancellationToken);
        if (known.FirstOrDefault(issuer => issuer.Url == url) is not { IsConfirmed: true })
            return Problem.Denied(
                $"the issuer {url} is new here and lets nobody in yet; an administrator who can sign in confirms it: bascule issuer confirm {url}"
            );
        _confirmed[url] = true;
        return null;
    }

    /// <summary>Those of the settings and those that were there before.</summary>
    public async Task<IReadOnlyList<(BoundIssuer Issuer, bool IsConfigured)>> ListAsync(
        CancellationToken cancellationToken
    ) =>
        [
            .. (await installation.ListIssuersAsync(cancellationToken)).Select(issuer =>
                (issuer, issuers.Find(issuer.Url) is not null)
            ),
        ];

    /// <summary>Denied for the local token as long as somebody could sign in; Conflict and NotFound as <see cref="ConfirmIssuer"/> says.</summary>
    public async Task<Result<BoundIssuer>> ConfirmAsync(string url, Actor actor, CancellationToken cancellationToken)
    {
        var known = await ListAsync(cancellationToken);
        if (actor.Subject is null && known.Any(one => one.Issuer.IsConfirmed && IsForPeople(one.Issuer)))
            return Problem.Denied(
                "a new issuer is confirmed by an administrator who is signed in (bascule login), not by the local token: it takes two"
            );
        var now = time.GetUtcNow();
        var entry = new AuditEntry(AuditTypes.IssuerConfirmed, actor.AuditName)
        {
            Facts = new JsonObject { ["issuer"] = url },
        };
        var stored = await store.ApplyAsync(
            [new ConfirmIssuer(url, actor.AuditName, now), audit.Record(entry)],
            cancellationToken
        );
        if (stored.Failed(out var problem))
            return problem;
        var firstSeen = known.First(one => one.Issuer.Url == url).Issuer.FirstSeenAt;
        return new BoundIssuer(url, firstSeen, now, actor.AuditName);
    }

    /// <summary>Whether people come in by it; those of workloads let nobody in who could confirm another.</summary>
    private bool IsForPeople(BoundIssuer issuer) =>
        settings.SignIn.Any(provider => provider.Issuer.Issuer.Url.Text == issuer.Url);

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The issuer {Issuer} is new in the settings and counts for nothing until an administrator confirms it: bascule issuer confirm {Issuer}"
        )]
        public static partial void Waits(ILogger log, string issuer);
    }
}
