using System.Diagnostics;
using System.Text.Json.Nodes;
using Bascule.Testing;
using static Bascule.EndToEnd.WaysIn.PodSample;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>The DAG processor of the documentation: it follows the deploy ref, holds no secret, and knows whom it talks to.</summary>
public sealed class AirflowSampleTests
{
    private const string Container = "dag-processor";
    private readonly PodSample _sample = new("samples/airflow/dag-processor.yaml");

    private IReadOnlyDictionary<string, string> Variables => _sample.Variables(Container);

    private JsonNode Bundle =>
        JsonNode.Parse(Variables["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"])!.AsArray().ShouldHaveSingleItem()!;

    private JsonObject Connection =>
        JsonNode
            .Parse(Variables[$"AIRFLOW_CONN_{((string)Bundle["kwargs"]!["git_conn_id"]!).ToUpperInvariant()}"])!
            .AsObject();

    [Fact]
    public void TheBundleFollowsTheDeployRefOfTheRepository()
    {
        ((string?)Bundle["classpath"]).ShouldBe("airflow.providers.git.bundles.git.GitDagBundle");
        ((string?)Bundle["kwargs"]!["tracking_ref"]).ShouldBe("deploy/dags-prod");
        ((string?)Connection["host"]).ShouldBe("https://bascule.example.com/git/git/ml/dags.git");
    }

    /// <summary>A bundle that lives long keeps what its connection had when it began.</summary>
    [Fact]
    [Trait("Threat", "T94")]
    public void TheConnectionHoldsAnAddressAndNothingElse() =>
        Connection.Select(member => member.Key).Order().ShouldBe(["conn_type", "host"]);

    /// <summary>Airflow's hook looks at no key of an SSH host unless it is told to: the address is one whose certificate is looked at.</summary>
    [Fact]
    [Trait("Threat", "T139")]
    public void WhomItTalksToIsKnownByACertificateOfOneAuthority()
    {
        var address = new Uri((string)Connection["host"]!);

        (address.Scheme, address.UserInfo).ShouldBe((Uri.UriSchemeHttps, ""));
        Variables["GIT_SSL_CAINFO"].ShouldBe("/etc/bascule/ca.pem");
        Variables["BASCULE_CA"].ShouldBe(Variables["GIT_SSL_CAINFO"]);
        Variables.Keys.ShouldNotContain("GIT_SSL_NO_VERIFY");
        var text = File.ReadAllText(RepositoryFolder.PathOf("samples/airflow/dag-processor.yaml"));
        text.ShouldNotContain("strict_host_key_checking");
        text.ShouldNotContain("sslVerify", Case.Insensitive);
    }

    /// <summary>A real git reads it: for this address the helper is asked, for another one nobody is.</summary>
    [Theory]
    [InlineData("https://bascule.example.com/git/git/ml/dags.git", "/usr/local/bin/bascule-git-credential.sh")]
    [InlineData("https://bascule.example.com.evil.example/git/git/ml/dags.git", "")]
    [InlineData("http://bascule.example.com/git/git/ml/dags.git", "")]
    [Trait("Threat", "T139")]
    public async Task GitAsksTheHelperForBasculesAddressAlone(string address, string helper)
    {
        var start = new ProcessStartInfo("git", ["config", "--get-urlmatch", "credential.helper", address])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in Variables.Where(one => one.Key.StartsWith("GIT_", StringComparison.Ordinal)))
            start.Environment[name] = value;
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";

        using var git = Process.Start(start)!;
        var said = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();

        said.Trim().ShouldBe(helper);
    }

    [Fact]
    public void TheTokenIsWhereTheHelperReadsItAndForBasculeAlone()
    {
        var mount = All(_sample.Container(Container)["volumeMounts"])
            .Single(one => Text(one["name"]) == "bascule-token");

        (Text(mount["mountPath"]), Text(mount["readOnly"])).ShouldBe(("/var/run/secrets/bascule", "true"));
        var token = _sample.Token("bascule-token");
        (Text(token["path"]), Text(token["audience"])).ShouldBe(("token", "https://bascule.example.com"));
        Text(_sample.Pod["spec"]["automountServiceAccountToken"]).ShouldBe("false");
    }

    [Fact]
    public void ThePolicyOfThePageIsForThisPodAndThisRef()
    {
        var page = File.ReadAllText(RepositoryFolder.PathOf("docs/operations/deploy-refs.md"));
        var policies = page.Split("```yaml\n")
            .Skip(1)
            .Select(part => part.Split("```")[0])
            .Where(block => block.Contains("trust_policies:", StringComparison.Ordinal))
            .SelectMany(block =>
                ((YamlDotNet.RepresentationModel.YamlMappingNode)Documents(block)[0]["trust_policies"]).Children.Values
            );

        var policy = policies.Single(one => Text(one["subject"]) == _sample.Subject);
        Texts(policy["refs"]).ShouldBe([$"refs/heads/{(string)Bundle["kwargs"]!["tracking_ref"]!}"]);
        Texts(policy["repositories"]).ShouldBe(["git:ml/dags"]);
        Texts(policy["verbs"]).ShouldBe(["fetch"]);
    }
}
