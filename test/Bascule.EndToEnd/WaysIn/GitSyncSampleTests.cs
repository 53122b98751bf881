using System.Globalization;
using Bascule.Testing;
using YamlDotNet.RepresentationModel;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>The pod of the documentation: the one secret is where only the side-car reads it, and everything fits together.</summary>
public sealed class GitSyncSampleTests
{
    private readonly YamlNode _pod = Documents(File.ReadAllText(RepositoryFolder.PathOf("samples/git-sync/pod.yaml")))[
        1
    ];

    [Fact]
    public void TheSideCarsArgumentsAreThoseOfTheCommand()
    {
        var arguments = Texts(Container("bascule-askpass")["args"]);

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
        var readers = All(_pod["spec"]["containers"])
            .Where(container => All(container["volumeMounts"]).Any(mount => Text(mount["name"]) == "bascule-token"));

        readers.Select(container => Text(container["name"])).ShouldBe(["bascule-askpass"]);
        var mount = All(Container("bascule-askpass")["volumeMounts"]).Single();
        (Text(mount["mountPath"]), Text(mount["readOnly"])).ShouldBe(("/var/run/secrets/bascule", "true"));
        Text(_pod["spec"]["automountServiceAccountToken"]).ShouldBe("false");
    }

    [Fact]
    [Trait("Threat", "T94")]
    public void LoopbackIsThePodsOwn() => Text(_pod["spec"]["hostNetwork"]).ShouldBe("false");

    [Fact]
    public void ThePolicyOfThePageIsForThisPod()
    {
        var page = File.ReadAllText(RepositoryFolder.PathOf("docs/operations/ways-in.md"));
        var block = page.Split("```yaml\n")[1].Split("```")[0];
        var settings = Documents(block)[0];
        var policy = settings["trust_policies"]["churn-sync"];
        var token = All(Volume("bascule-token")["projected"]["sources"]).Single()["serviceAccountToken"];

        Text(policy["subject"])
            .ShouldBe(
                $"system:serviceaccount:{Text(_pod["metadata"]["namespace"])}:{Text(_pod["spec"]["serviceAccountName"])}"
            );
        Texts(settings["issuers"]["cluster"]["audiences"]).ShouldBe([Text(token["audience"])]);
        Texts(policy["repositories"]).ShouldBe([Value(Texts(Container("bascule-askpass")["args"]), "--repository")]);
        Texts(policy["refs"]).ShouldBe([$"refs/heads/{Variable("GITSYNC_REF")}"]);
        int.Parse(Text(token["expirationSeconds"])!, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(600); // what Kubernetes takes
    }

    private YamlNode Container(string name) =>
        All(_pod["spec"]["containers"]).Single(container => Text(container["name"]) == name);

    private YamlNode Volume(string name) => All(_pod["spec"]["volumes"]).Single(one => Text(one["name"]) == name);

    private string Variable(string name) =>
        Text(All(Container("git-sync")["env"]).Single(variable => Text(variable["name"]) == name)["value"]);

    private static string Value(IEnumerable<string> arguments, string name) =>
        arguments.Single(one => one.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static string[] Texts(YamlNode list) => [.. All(list).Select(Text)];

    private static IEnumerable<YamlNode> All(YamlNode list) => ((YamlSequenceNode)list).Children;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static List<YamlNode> Documents(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }
}
