using System.Globalization;
using System.Runtime.CompilerServices;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Holding;
using Bascule.Server.Identity;
using Bascule.Server.Mirrors;
using Bascule.Server.Shipping;

namespace Bascule.Server.Connect;

/// <summary>Checks every connection by using it, and says what to do about what fails.</summary>
internal sealed class Doctor(
    ForgeConnections forges,
    EnvironmentConnections environments,
    IRepositoryStore repositories,
    IWebhookStore webhooks,
    RepositoryLookup lookup,
    KeyPublication publication,
    PlatformLogins logins,
    IssuerAddress issuer,
    SignatureTools tools,
    CollectorFindings collectors,
    HoldGate gate
)
{
    private const int MaxShown = 20;

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if ((await gate.PassAsync(cancellationToken)).Failed(out var held))
            yield return new Finding(FindingKind.Bad, "this installation", held.Message);
        var seen = await publication.LookAsync(cancellationToken);
        yield return seen.Failed(out var unseen)
            ? new Finding(FindingKind.Bad, "public address", unseen.Message)
            : new Finding(FindingKind.Good, "public address", $"{issuer.Url} answers with Bascule's signing keys");
        foreach (var forge in forges.All)
            yield return await IdentifyAsync(forge, cancellationToken);
        await foreach (var finding in ExamineRepositoriesAsync(cancellationToken))
            yield return finding;
        foreach (var environment in environments.All)
        foreach (var login in logins.Of(environment))
            yield return await IdentifyAsync(environment, login, cancellationToken);
        foreach (var environment in environments.All.Where(environment => environment.Rule.DemandsProven))
            yield return CheckSignatures(environment);
        await foreach (var finding in collectors.ExamineAsync(cancellationToken))
            yield return finding;
    }

    private Finding CheckSignatures(EnvironmentConnection environment)
    {
        var subject = $"environment {environment.Name}";
        Problem?[] missing = [tools.FindSshKeygen().Problem, tools.FindGpg().Problem];
        var told = missing.OfType<Problem>().Select(problem => problem.Message).ToList();
        return told.Count == 0
            ? new Finding(FindingKind.Good, subject, "signatures of commits can be checked, of SSH and of OpenPGP")
            : new Finding(FindingKind.Bad, subject, string.Join("; ", told));
    }

    private async IAsyncEnumerable<Finding> ExamineRepositoriesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var registered = await webhooks.ListAsync(cancellationToken);
        foreach (var (key, repository) in await repositories.ListAsync(cancellationToken))
        {
            if (forges.Find(key.ForgeUid) is not { } forge)
                continue;
            var subject = $"{forge.Name}:{repository.FullName}";
            yield return await ReadByGitAsync(key, subject, cancellationToken);
            yield return await CheckWebhookAsync(
                forge,
                repository,
                registered.FirstOrDefault(webhook => webhook.Repository == key),
                subject,
                cancellationToken
            );
        }
    }

    private static async Task<Finding> IdentifyAsync(ConnectedForge forge, CancellationToken cancellationToken)
    {
        var subject = $"forge {forge.Name}";
        var identity = await forge.Forge.IdentifyAsync(cancellationToken);
        if (identity.Failed(out var problem))
            return new Finding(FindingKind.Bad, subject, problem.Message);
        var version = identity.Value.Version is { } known ? $", version {known}" : "";
        return new Finding(FindingKind.Good, subject, $"the token is {identity.Value.Account.Login}'s{version}");
    }

    private async Task<Finding> ReadByGitAsync(RepositoryKey key, string subject, CancellationToken cancellationToken)
    {
        var opened = await lookup.OpenAsync(key, cancellationToken);
        if (opened.Failed(out var unopened))
            return new Finding(FindingKind.Bad, subject, unopened.Message);
        var listed = await opened.Value.Mirror.ListRemoteAsync(opened.Value.Access, cancellationToken);
        if (listed.Failed(out var problem))
            return new Finding(FindingKind.Bad, subject, $"git cannot read it: {problem.Message}");
        var unhandled = await FindUnhandledAsync(key, listed.Value.Keys, cancellationToken);
        var text = string.Create(CultureInfo.InvariantCulture, $"git reads it, {listed.Value.Count} refs");
        return unhandled.Count == 0
            ? new Finding(FindingKind.Good, subject, text)
            : new Finding(
                FindingKind.Note,
                subject,
                $"{text}; no hook told of these pull requests, so they are not handled: {string.Join(", ", unhandled.Take(MaxShown))}; push to them, or close and reopen them"
            );
    }

    /// <summary>Heads of pull requests that the forge has and no signed hook spoke of: base and fork are known from hooks alone (Gogs).</summary>
    private async Task<IReadOnlyList<long>> FindUnhandledAsync(
        RepositoryKey key,
        IEnumerable<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        var unhandled = new List<long>();
        foreach (var name in refs)
            if (
                name.PullRequestNumber is { } number
                && await repositories.FindPullRequestAsync(key, number, cancellationToken) is null
            )
                unhandled.Add(number);
        return unhandled;
    }

    private static async Task<Finding> CheckWebhookAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        Webhook? webhook,
        string subject,
        CancellationToken cancellationToken
    )
    {
        const string Remedy = "run `bascule connect`";
        if (webhook?.ForgeWebhookId is not { } id)
            return new Finding(FindingKind.Bad, subject, $"no webhook of ours is registered; {Remedy}");
        var listed = await forge.Forge.ListWebhooksAsync(repository, cancellationToken);
        if (listed.Failed(out var problem))
            return new Finding(FindingKind.Bad, subject, problem.Message);
        if (listed.Value.FirstOrDefault(hook => hook.Id == id) is not { } registered)
            return new Finding(FindingKind.Bad, subject, $"webhook {id} was deleted at the forge; {Remedy}");
        if (!registered.Active)
            return new Finding(FindingKind.Bad, subject, $"webhook {id} is switched off at the forge; {Remedy}");
        if (forge.Forge.WebhookEvents.Except(registered.Events).ToList() is { Count: > 0 } missing)
            return new Finding(
                FindingKind.Bad,
                subject,
                $"webhook {id} does not send {string.Join(", ", missing)} any more; {Remedy}"
            );
        if (webhook.LooksMissigned)
            return new Finding(
                FindingKind.Bad,
                subject,
                $"deliveries of webhook {id} fail the signature: its secret was changed at the forge; {Remedy}"
            );
        var last = webhook.LastDeliveryAt is { } at
            ? $"last delivery {at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"
            : "no delivery yet: push something, or use the forge's test button";
        return new Finding(FindingKind.Good, subject, $"webhook {id} is registered, {last}");
    }

    private static async Task<Finding> IdentifyAsync(
        EnvironmentConnection environment,
        PlatformLogin login,
        CancellationToken cancellationToken
    )
    {
        var name = await login.IdentifyAsync(cancellationToken);
        return name.Failed(out var problem)
            ? new Finding(FindingKind.Bad, login.Subject, problem.Message, login.Setup)
            : new Finding(
                FindingKind.Good,
                login.Subject,
                $"platform '{environment.Platform.Name}' takes Bascule's token; there it is {name.Value}"
            );
    }
}
