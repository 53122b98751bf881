using System.Globalization;
using Bascule.Testing;
using static Bascule.EndToEnd.WaysIn.PodSample;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>The pod of the documentation: the one secret is where only the side-car reads it, and everything fits together.</summary>
public sealed class GitSyncSampleTests
{
    private readonly PodSample _sample = new("samples/git-sync/pod.yaml");

    [Fact]
    public void TheSideCarsArgumentsAreThoseOfTheCommand()
    {
        var arguments = Texts(_sample.Container("bascule-askpass")["args"]);

        Bascule.Cli.CommandLine.Build().Parse(arguments).Errors.ShouldBeEmpty();
        arguments.ShouldContain("--listen=127.0.0.1:9102");
        Variable("GITSYNC_ASKPASS_URL").ShouldBe("http://127.0.0.1:9102/askpass");
        var (server, repository) = (Value(arguments, "--server"), Value(arguments, "--repository"));
        Variable("GITSYNC_REPO").ShouldBe($"{server}/git/{repository.Replace(':', '/')}.git");
    }

    [Fact]
    [Trait("Threat", "T94")]
    public void OnlyTheSideCarReadsThePodsToken()
    {
        var readers = All(_sample.Pod["spec"]["containers"])
            .Where(container => All(container["volumeMounts"]).Any(mount => Text(mount["name"]) == "bascule-token"));

        readers.Select(container => Text(container["name"])).ShouldBe(["bascule-askpass"]);
        var mount = All(_sample.Container("bascule-askpass")["volumeMounts"]).Single();
        (Text(mount["mountPath"]), Text(mount["readOnly"])).ShouldBe(("/var/run/secrets/bascule", "true"));
        Text(_sample.Pod["spec"]["automountServiceAccountToken"]).ShouldBe("false");
    }

    [Fact]
    [Trait("Threat", "T94")]
    public void LoopbackIsThePodsOwn() => Text(_sample.Pod["spec"]["hostNetwork"]).ShouldBe("false");

    [Fact]
    public void ThePolicyOfThePageIsForThisPod()
    {
        var page = File.ReadAllText(RepositoryFolder.PathOf("docs/operations/ways-in.md"));
        var block = page.Split("```yaml\n")[1].Split("```")[0];
        var settings = Documents(block)[0];
        var policy = settings["trust_policies"]["churn-sync"];
        var token = _sample.Token("bascule-token");

        Text(policy["subject"]).ShouldBe(_sample.Subject);
        Texts(settings["issuers"]["cluster"]["audiences"]).ShouldBe([Text(token["audience"])]);
        Texts(policy["repositories"])
            .ShouldBe([Value(Texts(_sample.Container("bascule-askpass")["args"]), "--repository")]);
        Texts(policy["refs"]).ShouldBe([$"refs/heads/{Variable("GITSYNC_REF")}"]);
        int.Parse(Text(token["expirationSeconds"])!, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(600); // what Kubernetes takes
    }

    private string Variable(string name) => _sample.Variables("git-sync")[name];

    private static string Value(IEnumerable<string> arguments, string name) =>
        arguments.Single(one => one.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
}
