using System.Security.Cryptography;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Cli.Demo.ApiManagement;

/// <summary>Somebody who approves what another has written. The sign-in is made up: no identity provider was asked, and the label says so.</summary>
internal sealed class Colleague : IDisposable
{
    public const string Label = "Sign-in of rita (made up for the demo; no identity provider is asked)";
    private const string Name = "rita";

    /// <summary>Where she would sign in. Nobody answers there, and nobody is asked.</summary>
    public const string Issuer = "https://id.example.com";
    private const int DigestDigits = 12;
    private readonly BasculeClient _client;

    private Colleague(BasculeClient client) => _client = client;

    /// <summary>As settings name her.</summary>
    public static string Selector => $"person:{Issuer}#{Name}";

    public static async Task<Colleague> SignInAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        var account = stage.Forge.AddUser(Name, RandomNumberGenerator.GetHexString(32));
        var forge = stage.Services.GetRequiredService<ForgeConnections>().FindByName("git")!;
        var now = DateTimeOffset.UtcNow;
        var person = new Person(Person.NewUid(), new Subject(Issuer, Name))
        {
            Name = Name,
            FirstSeenAt = now,
            LastSeenAt = now,
        };
        var token = SessionToken.Make(SessionKind.CommandLine);
        var session = new Session(
            "s-" + RandomNumberGenerator.GetHexString(32, lowercase: true),
            token.Digest,
            token.Kind,
            person.Uid
        )
        {
            Issuer = Issuer,
            AuthenticatedAt = now,
            CreatedAt = now,
            SeenAt = now,
            ExpiresAt = now.AddHours(1),
        };
        var link = new ForgeLink(forge.Uid, account.Id, Name, person.Uid, "demo", now);
        var stored = await stage
            .Services.GetRequiredService<IWorkStore>()
            .ApplyAsync([new SavePerson(person), new SaveForgeLink(link), new AddSession(session)], cancellationToken);
        return stored.Failed(out var problem)
            ? throw new InvalidOperationException(problem.Message)
            : new Colleague(BasculeClient.ForSession(new Uri(stage.Ground.Url), token.Text, stage.Ground.CaFile));
    }

    /// <summary>Approves the plan that was shown, after one that was not: it is bound to the plan's digest.</summary>
    /// <returns>Whether the other one was refused, and this one was not.</returns>
    public async Task<bool> ApproveAsync(RunDetail run, CancellationToken cancellationToken)
    {
        if (run.Run.State != RunState.AwaitingApproval || run.PlanDigest is not { Length: > DigestDigits } whole)
        {
            OutputFeature.Say($"  there is nothing to approve: {run.Run.Reason}");
            return false;
        }
        var (id, digest) = (run.Run.Id, whole[..DigestDigits]);
        var other = await _client.ApproveRunAsync(id, comment: null, new string('0', DigestDigits), cancellationToken);
        OutputFeature.Say($"  rita approves another plan   refused: {other.Problem?.Message}");
        var given = await _client.ApproveRunAsync(id, "read", digest, cancellationToken);
        OutputFeature.Say($"  rita approves plan {digest} of run {id}   {given.Problem?.Message ?? "approved"}");
        return other.Problem?.Code == ProblemCode.Conflict && given.Problem is null;
    }

    public void Dispose() => _client.Dispose();
}
