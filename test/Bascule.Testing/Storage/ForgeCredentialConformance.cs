using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ForgeCredentialConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task ACredentialIsReadAsItWasSaved()
    {
        var saved = ACredential("f-1") with
        {
            RotatedAt = Noon.AddHours(1),
            Step = CredentialStep.Switched,
            Next = [3],
            Former = [4, 0, 255],
            FormerUntil = Noon.AddHours(2),
            AskedAt = Noon.AddHours(3),
            FailedAt = Noon.AddHours(4),
            Failure = "the forge said no",
        };
        await ApplyAsync(new SaveForgeCredential(saved));

        var read = (await Storage.ForgeCredentials.FindAsync("f-1", None)).ShouldNotBeNull();

        read.Sealed.ShouldBe(saved.Sealed);
        read.Next.ShouldBe(saved.Next);
        read.Former.ShouldBe(saved.Former);
        var same = saved with { Revision = 1, Sealed = read.Sealed, Next = read.Next, Former = read.Former };
        read.ShouldBe(same);
    }

    [Fact]
    public async Task WhatIsLeftOutStaysOut()
    {
        await ApplyAsync(new SaveForgeCredential(ACredential("f-2")), new SaveForgeCredential(ACredential("f-1")));

        var listed = await Storage.ForgeCredentials.ListAsync(None);

        listed.Select(row => row.ForgeUid).ShouldBe(["f-1", "f-2"]);
        listed.ShouldAllBe(row => row.Next == null && row.Former == null && row.Failure == null && row.AskedAt == null);
        (await Storage.ForgeCredentials.FindAsync("f-3", None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task WhoeverReadAnEarlierRevisionStoresNothing()
    {
        await ApplyAsync(new SaveForgeCredential(ACredential("f-1")));
        var read = (await Storage.ForgeCredentials.FindAsync("f-1", None))!;
        await ApplyAsync(new SaveForgeCredential(read with { Fingerprint = "first" }));

        await ShouldConflictAsync(new SaveForgeCredential(read with { Fingerprint = "second" }));
        await ShouldConflictAsync(new SaveForgeCredential(ACredential("f-1")));

        var now = (await Storage.ForgeCredentials.FindAsync("f-1", None))!;
        (now.Fingerprint, now.Revision).ShouldBe(("first", 2));
    }

    private static StoredCredential ACredential(string forgeUid) =>
        new(forgeUid, new ForgeAccount(9_000_000_000, "bascule"), [1, 0, 255], "0123456789ab") { SealedAt = Noon };
}
