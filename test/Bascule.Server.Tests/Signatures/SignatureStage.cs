using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Signatures;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Signatures;

/// <summary>Production takes proven content only, and nobody approves there; Ada's account at the forge is linked and shows one key.</summary>
internal static class SignatureStage
{
    public const string Fingerprint = "SHA256:ayo9tsIdRLCj6pf6BLMW0B0wE16gmLNgSryLPIF19Yw";

    public static async Task<(ServerWorld World, Person Ada)> OpenAsync()
    {
        var world = await ServerWorld.OpenAsync(rules: rule =>
            rule.Name == "ml-prod" ? rule with { DemandsProven = true } : rule
        );
        return (world, await world.LinkAsync("ada", ServerWorld.Ada.Id, Fingerprint));
    }

    /// <summary>Stored, as keys refer to stored links.</summary>
    public static async Task<Person> LinkAsync(this ServerWorld world, string name, long account, string fingerprint)
    {
        var person = world.People.Add(name, account);
        var link = new ForgeLink(
            ServerWorld.Churn.ForgeUid,
            account,
            name,
            person.Uid,
            "oauth2",
            DateTimeOffset.UnixEpoch
        );
        await world.ApplyAsync(new SavePerson(person), new SaveForgeLink(link));
        world.Show(
            account,
            new AccountKey(SigningKeyKind.Ssh, fingerprint, "laptop") { Material = $"ssh-ed25519 {name}" }
        );
        return person;
    }

    public static void Show(this ServerWorld world, long account, params AccountKey[] keys) =>
        world.Forge.Keys[account] = [.. keys];

    /// <summary>Confirmed as it is stored, without asking anybody.</summary>
    public static Task ConfirmAsync(this ServerWorld world, Person person, long account, string fingerprint) =>
        world.ApplyAsync(
            new ConfirmKey(
                new ConfirmedKey(
                    new SigningKey(SigningKeyKind.Ssh, fingerprint, $"ssh-ed25519 {person.Name}"),
                    ServerWorld.Churn.ForgeUid,
                    account,
                    person.Uid,
                    world.Clock.GetUtcNow()
                )
            )
        );

    /// <summary>A push of a commit that this key has signed; the run that it leads to.</summary>
    public static Task<Run> PushSignedAsync(this ServerWorld world, char digit = 'a', string by = Fingerprint)
    {
        world.Mirror.Signatures[FakeMirror.Id(digit)] = by;
        return world.PushAsync(digit, null, ("churn/train.py", "1"));
    }
}
