using System.Text;
using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

public sealed class ApimRulesReaderTests
{
    [Fact]
    public void ReadsEveryKey()
    {
        var (rules, problems) = Read(
            """
            deny: [send-request]
            require: { service: [ip-filter], product: [quota], api: [validate-jwt], operation: [rate-limit] }
            keep_base: false
            cors: { wildcard_with_credentials: warn }
            send_request_hosts: [api.example.com, "*.example.net", "a.example.com:8443"]
            issuer_hosts: []
            expressions: { allow: [set-header] }
            secrets: warn
            unknown_elements: allow
            existing: { named_values: [a], backends: [b], loggers: [c], policy_fragments: [d], version_sets: [e], apis: [f] }
            """
        );

        problems.ShouldBeEmpty();
        rules!.Deny.ShouldBe(["send-request"]);
        (rules.Require.Service[0], rules.Require.Product[0]).ShouldBe(("ip-filter", "quota"));
        (rules.Require.Api[0], rules.Require.Operation[0]).ShouldBe(("validate-jwt", "rate-limit"));
        (rules.KeepBase, rules.WildcardWithCredentials).ShouldBe((false, ApimStance.Warn));
        rules.SendRequestHosts.Count.ShouldBe(3);
        rules.IssuerHosts.ShouldBeEmpty();
        rules.Expressions.ShouldBe(["set-header"]);
        (rules.Secrets, rules.UnknownElements).ShouldBe((ApimStance.Warn, ApimStance.Allow));
        (rules.Existing.NamedValues[0], rules.Existing.Apis[0]).ShouldBe(("a", "f"));
    }

    [Fact]
    public void NothingSaidIsTheUsual()
    {
        var (rules, problems) = Read("deny: []");

        problems.ShouldBeEmpty();
        rules!.IssuerHosts.ShouldBeNull();
        rules.Expressions.ShouldBe(ApimRules.UsualExpressions);
        (rules.KeepBase, rules.Secrets, rules.UnknownElements).ShouldBe((true, ApimStance.Refuse, ApimStance.Refuse));
    }

    [Theory]
    [InlineData("expressions: { allow: all }", true)]
    [InlineData("expressions: { allow: none }", false)]
    public void ExpressionsMayBeAllOrNone(string yaml, bool isAll)
    {
        var (rules, problems) = Read(yaml);

        problems.ShouldBeEmpty();
        (rules!.Expressions is null).ShouldBe(isAll);
        (rules.Expressions?.Count ?? 0).ShouldBe(0);
    }

    [Theory]
    [InlineData("denies: []", "f.yaml:1:1: denies: is not a known key")]
    [InlineData("deny: [Send-Request]", "deny: holds 'Send-Request', which is no name of an element")]
    [InlineData("deny: send-request", "deny: is not a list")]
    [InlineData("require: { apis: [a] }", "require.apis: is not a known key")]
    [InlineData("keep_base: no", "keep_base: is neither true nor false")]
    [InlineData(
        "cors: { wildcard_with_credentials: allow }",
        "cors.wildcard_with_credentials: 'allow' is not understood"
    )]
    [InlineData("cors: { wildcard: refuse }", "cors.wildcard: is not a known key")]
    [InlineData("secrets: allow", "secrets: 'allow' is not understood")]
    [InlineData("unknown_elements: maybe", "unknown_elements: 'maybe' is not understood")]
    [InlineData("send_request_hosts: [\"https://a.example.com\"]", "is no host")]
    [InlineData("send_request_hosts: [\"*\"]", "is no host")]
    [InlineData("send_request_hosts: [a.*.com]", "is no host")]
    [InlineData("issuer_hosts: [\"a b\"]", "is no host")]
    [InlineData("expressions: { allow: some }", "expressions.allow: is neither all, none nor a list")]
    [InlineData("existing: { policies: [a] }", "existing.policies: is not a known key")]
    public void RefusesWhatIsNotUnderstood(string yaml, string says)
    {
        var (rules, problems) = Read(yaml);

        rules.ShouldBeNull();
        problems.Single().ToString().ShouldContain(says);
    }

    private static (ApimRules? Rules, List<SettingProblem> Problems) Read(string yaml)
    {
        List<SettingProblem> problems = [];
        var map = YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "f.yaml", YamlLimits.Server, problems);
        problems.ShouldBeEmpty();
        return (ApimRulesReader.Read(map!, problems), problems);
    }
}
