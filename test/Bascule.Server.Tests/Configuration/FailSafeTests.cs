using System.Net;
using Bascule.Core.Forges;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

/// <summary>Settings that are damaged in any one place are refused, or grant and open no more than before (THREATS T151).</summary>
public sealed class FailSafeTests : IDisposable
{
    /// <summary>Null leaves the key out.</summary>
    private static readonly string?[] Damages =
    [
        null,
        "",
        "~",
        "\"\"",
        "garbage",
        "\"*\"",
        "[]",
        "{}",
        "[garbage]",
        "[\"\"]",
        "[~]",
        "[[main]]",
        "{ garbage: 1 }",
        "-1",
        "0",
        "1",
        "99999999999999999999",
        "false",
    ];

    private readonly SettingsFolder _folder = new();

    /// <summary>Without certificates, which take long to read, where they are not what is damaged.</summary>
    private static readonly string Plain = SettingsFolder
        .With("tls: { certificate: tls.pem, key: tls.key }", "behind_proxy: true")
        .Replace("    ca: tls.pem\n", "", StringComparison.Ordinal);

    [Theory]
    [InlineData("url", 16)]
    [InlineData("data", 8)]
    [InlineData("storage", 20)]
    [InlineData("forges", 90)]
    [InlineData("platforms", 80)]
    [InlineData("environments", 200)]
    [InlineData("intake", 30)]
    [Trait("Threat", "T151")]
    public void NoDamageToOneKeyOpensAnything(string section, int refusedAtLeast)
    {
        DamageEachKey(Plain, key => key[0] == section).Refused.ShouldBeGreaterThanOrEqualTo(refusedAtLeast);
    }

    [Fact]
    [Trait("Threat", "T151")]
    public void NoDamageToCertificatesOrAddressesOpensAnything() =>
        DamageEachKey(SettingsFolder.Full, key => key[0] == "listen" || key[^1] == "ca")
            .Refused.ShouldBeGreaterThan(90);

    [Fact]
    [Trait("Threat", "T151")]
    public void LeavingBranchesOutGrantsLessOrIsRefused()
    {
        var survived = DamageEachKey(Plain, key => key[^1] == "branches").Survived;

        survived.ShouldContain("environments.ml-both.branches = (left out)");
        survived.ShouldNotContain("environments.ml-prod.branches = (left out)");
    }

    private (int Refused, IReadOnlyList<string> Survived) DamageEachKey(string yaml, Func<string[], bool> chosen)
    {
        var map = Yaml.Read(yaml);
        var intact = _folder.Load(yaml).Settings!;
        var refused = 0;
        List<string> survived = [];
        foreach (var key in Yaml.Keys(map).Where(chosen))
        foreach (var damage in Damages)
        {
            var settings = _folder.Load(Yaml.With(map, key, damage)).Settings;
            if (settings is null)
                refused++;
            else
                ShouldOpenNoMore(settings, intact, $"{string.Join('.', key)} = {damage ?? "(left out)"}", survived);
        }
        return (refused, survived);
    }

    [Fact]
    [Trait("Threat", "T151")]
    public void NoCutOffFileIsTaken()
    {
        var intact = _folder.Load(Plain).Settings!;
        for (var length = 0; length < Plain.Length - 1; length += 11)
        {
            var (settings, _) = _folder.Load(Plain[..length]);
            if (settings is not null)
                ShouldOpenNoMore(settings, intact, $"cut after {length}", []);
        }
    }

    private static void ShouldOpenNoMore(
        ServerSettings settings,
        ServerSettings intact,
        string damage,
        List<string> survived
    )
    {
        survived.Add(damage);
        foreach (var request in Requests())
            (settings.Grants.Decide(request).IsAllowed && !intact.Grants.Decide(request).IsAllowed).ShouldBeFalse(
                damage
            );
        foreach (var repository in (string[])["ml/churn", "ml/other", "web/shop"])
            settings
                .Forges.Any(forge => forge.Takes(repository) && !intact.FindForge("git")!.Takes(repository))
                .ShouldBeFalse(damage);
        IPAddress.IsLoopback(settings.Listen.Local.Address).ShouldBeTrue(damage);
        (IPAddress.IsLoopback(settings.Listen.Public.Address) || settings.Listen.Tls == intact.Listen.Tls).ShouldBeTrue(
            damage
        );
        settings.PublicUrl.ShouldBe(intact.PublicUrl, damage);
        settings.Intake.MaxBodyBytes.ShouldBeLessThanOrEqualTo(intact.Intake.MaxBodyBytes, damage);
        settings.DataFolder.ShouldStartWith(System.IO.Path.GetDirectoryName(intact.File)!, customMessage: damage);
    }

    private static IEnumerable<GrantRequest> Requests() =>
        from environment in (string[])["ml-dev", "ml-prod", "ml-both", "garbage"]
        from repository in (string[])["ml/churn", "ml/other", "web/shop", "garbage"]
        from branch in (string[])["main", "dev", "x/y"]
        let reference = RefName.Parse("refs/heads/" + branch)
        from request in (GrantRequest[])
            [
                new PushGrantRequest(environment, "databricks", "git", repository, reference),
                new PullRequestGrantRequest(environment, "databricks", "git", repository, reference, FromFork: false),
                new PullRequestGrantRequest(environment, "databricks", "git", repository, reference, FromFork: true),
            ]
        select request;

    public void Dispose() => _folder.Dispose();
}
