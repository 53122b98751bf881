namespace Bascule.Server.Tests.Audit;

/// <summary>The log that tells everything tells no secret, and no digest by which one could be guessed.</summary>
[Trait("Threat", "T115")]
public sealed class AuditSecrecyTests
{
    [Fact]
    public async Task NoEntryOfAFullStoryAndNoFileHoldsASecret()
    {
        var trap = new SecretTrap();

        var entries = await AuditStory.PlayAsync(trap);

        trap.Kinds.ShouldBe(
            [
                "webhook secret",
                "signed token",
                "link code",
                "subject token",
                "git token",
                "unknown token",
                "session",
                "first admin's link",
                "forge credential",
            ],
            ignoreOrder: true
        );
        entries.SelectMany(trap.FindIn).ShouldBeEmpty();
        trap.Leaks.ShouldBeEmpty();
    }

    [Fact]
    public void FindsASecretAndItsPlainDigest()
    {
        var trap = new SecretTrap();
        trap.Take("password", "hunter2");
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("hunter2"u8));

        trap.FindIn(new() { ["a"] = "is hunter2, is it" }).ShouldHaveSingleItem();
        trap.FindIn(new() { ["a"] = digest }).ShouldHaveSingleItem();
        trap.FindIn(new() { ["a"] = "nothing" }).ShouldBeEmpty();
    }
}
