using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;

namespace Bascule.Core.Tests.Pushes.Checks;

public sealed class SecretCheckTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('a', 40));

    /// <summary>Put together here, so that no scanner finds them in this file.</summary>
    public static TheoryData<string, string> Secrets =>
        new()
        {
            { "a private key", "-----BEGIN " + "OPENSSH PRIVATE KEY-----" },
            { "a private key", "-----BEGIN " + "PRIVATE KEY-----" },
            { "a private key", "-----BEGIN " + "PGP PRIVATE KEY BLOCK-----" },
            { "an AWS access key id", "key = \"AKIA" + "QWERTYUIOPASDFGH\"" },
            { "a GitHub token", "ghp" + "_" + new string('x', 36) },
            { "a GitHub token", "github_pat" + "_" + new string('x', 82) },
            { "a GitLab token", "token: glpat" + "-" + new string('x', 20) },
            { "a Databricks token", "DATABRICKS_TOKEN=dapi" + new string('a', 32) },
            { "a Slack token", "xoxb" + "-123456789012-abcdefghijkl" },
            { "a Google API key", "AIza" + new string('x', 35) },
            { "a Stripe key", "sk_live" + "_" + new string('x', 24) },
            { "an npm token", "//registry/:_authToken=npm" + "_" + new string('x', 36) },
            { "an Azure storage key", "AccountName=a;AccountKey=" + new string('x', 86) + "==" },
            { "an Entra client secret", "secret: abc8Q~" + new string('x', 34) },
            { "a HashiCorp Vault token", "hvs" + "." + new string('x', 24) },
        };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void NamesWhatItFinds(string kind, string line) => Look(line)!.Message.ShouldContain(kind);

    [Theory]
    [MemberData(nameof(Secrets))]
    [Trait("Threat", "T84")]
    public void NeverShowsWhatItFinds(string kind, string line)
    {
        var finding = Look(line)!;

        finding.Message.ShouldContain(kind);
        finding.ToString().ShouldNotContain(line[^12..]);
    }

    [Theory]
    [InlineData("commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904")]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("dapi is short for Databricks API")]
    [InlineData("ghp_example")]
    [InlineData("password = os.environ['PASSWORD']")]
    public void LeavesOrdinaryTextAlone(string line) => Look(line).ShouldBeNull();

    /// <summary>The output of a notebook's cell is a line of JSON.</summary>
    [Theory]
    [MemberData(nameof(Secrets))]
    [Trait("Threat", "T130")]
    public void NamesWhatItFindsInANotebooksOutput(string kind, string line) =>
        Look($"      \"{line.Replace("\"", "\\\"", StringComparison.Ordinal)}\\n\",")!.Message.ShouldContain(kind);

    [Fact]
    public void SaysWhere() =>
        Look("ghp" + "_" + new string('x', 36))!.Message.ShouldStartWith("'src/a.py' line 12 (commit aaaaaaaa)");

    [Fact]
    public void SaysWhatToDo() => Look("ghp" + "_" + new string('x', 36))!.Message.ShouldContain("git rebase -i");

    private static PushFinding? Look(string text) =>
        new SecretCheck().Look(new AddedLine(Commit, "src/a.py", 12, text));
}
