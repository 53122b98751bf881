using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges.Hooks;

public sealed class HookEventTests
{
    [Theory]
    [Trait("Threat", "T14")]
    [InlineData("repository", null, "repository")]
    [InlineData("repository", "{}", "repository.id")]
    [InlineData("repository", "[]", "repository")]
    [InlineData("repository", "{\"id\":\"1\"}", "repository.id")]
    [InlineData("repository", "{\"id\":0}", "repository.id")]
    [InlineData("repository", "{\"id\":1e400}", "repository.id")]
    [InlineData("ref", null, "ref")]
    [InlineData("ref", "7", "ref")]
    [InlineData("ref", "\"main\"", "ref")]
    [InlineData("ref", "\"refs/heads/../x\"", "ref")]
    [InlineData("ref", "\"refs/heads/--exec=x\"", "ref")]
    [InlineData("before", "\"\"", "before")]
    [InlineData("after", "\"HEAD\"", "after")]
    [InlineData("after", "[]", "after")]
    [InlineData("commits", "{}", "commits")]
    [InlineData("pusher", "\"alice\"", "pusher")]
    public void AMalformedPushIsInvalidAndNamesTheField(string field, string? value, string named)
    {
        foreach (var forge in new[] { ForgeReader.Gitea, ForgeReader.Gogs })
        {
            var problem = forge.Parse("push", Changed(forge.Push, field, value)).Problem.ShouldNotBeNull();

            problem.Code.ShouldBe(ProblemCode.Invalid);
            problem.Message.ShouldContain($"'{named}'");
        }
    }

    [Theory]
    [Trait("Threat", "T14")]
    [InlineData("pull_request", "null", "pull_request")]
    [InlineData("pull_request", "[]", "pull_request")]
    [InlineData("repository", null, "repository.id")]
    [InlineData("action", "\"\"", "action")]
    [InlineData("action", "{}", "action")]
    [InlineData("number", "99", "number")]
    [InlineData("number", "-1", "number")]
    [InlineData("number", "1.5", "number")]
    public void AMalformedPullRequestIsInvalidAndNamesTheField(string field, string? value, string named)
    {
        foreach (var (forge, folder) in new[] { (ForgeReader.Gitea, "Gitea"), (ForgeReader.Gogs, "Gogs") })
        {
            var opened = RecordedDelivery.Load(folder, "pull_request_opened");

            var problem = forge.Parse("pull_request", Changed(opened, field, value)).Problem.ShouldNotBeNull();

            problem.Code.ShouldBe(ProblemCode.Invalid);
            problem.Message.ShouldContain($"'{named}'");
        }
    }

    [Fact]
    [Trait("Threat", "T17")]
    public void AddressesInAPayloadReachNoEvent()
    {
        var forge = ForgeReader.Gitea;
        var json = JsonNode.Parse(forge.Push.Request.Body.Span)!;
        foreach (var field in new[] { "clone_url", "html_url", "ssh_url", "default_branch" })
            json["repository"]![field] = "http://169.254.169.254/";

        var happened = forge.Parse("push", Encoding.UTF8.GetBytes(json.ToJsonString())).Value;

        happened.ShouldBe(forge.Parse("push", forge.Push.Request.Body).Value);
        happened.ToString().ShouldNotContain("169.254");
    }

    [Theory]
    [Trait("Threat", "T17")]
    [InlineData("Gitea")]
    [InlineData("Gogs")]
    public void APullRequestOfAnotherRepositoryThanTheDeliverysIsInvalid(string kind)
    {
        var opened = RecordedDelivery.Load(kind, "pull_request_opened");
        var foreign = Changed(opened, "repository", "{\"id\":2}");

        var problem = ForgeReader.Of(kind.ToLowerInvariant()).Parse("pull_request", foreign).Problem;

        problem!.Message.ShouldContain("base repository");
    }

    [Theory]
    [InlineData("Gitea", "push_branch", "issues")]
    [InlineData("Gitea", "pull_request_opened", "push")]
    [InlineData("Gogs", "tag_delete", "release")]
    public void ThePayloadDecidesWhateverTheUnsignedHeaderSays(string kind, string name, string claimed)
    {
        var delivery = RecordedDelivery.Load(kind, name);
        var forge = ForgeReader.Of(kind.ToLowerInvariant());
        var real = forge.Verify(delivery).Value;

        forge.Reader.Parse(real with { EventName = claimed }).Value.ShouldBe(forge.Reader.Parse(real).Value);
    }

    [Theory]
    [InlineData("refs/pull/2/head")]
    [InlineData("refs/bascule/x")]
    [InlineData("refs/notes/commits")]
    public void ARefThatIsNeitherBranchNorTagIsIgnored(string name)
    {
        var json = Changed(ForgeReader.Gitea.Push, "ref", $"\"{name}\"");

        ForgeReader.Gitea.Parse("push", json).Value.ShouldBe(new IgnoredEvent("not a branch or tag"));
    }

    [Fact]
    public void ADeletedHeadRepositoryCountsAsAFork()
    {
        var opened = RecordedDelivery.Load("Gogs", "pull_request_opened");
        var json = JsonNode.Parse(opened.Request.Body.Span)!;
        json["pull_request"]!["head_repo"] = null;

        var happened = ForgeReader.Gogs.Parse("pull_request", Encoding.UTF8.GetBytes(json.ToJsonString())).Value;

        happened.ShouldBeOfType<PullRequestHint>().FromFork.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T14")]
    public void AnEndlessTitleIsCut()
    {
        var opened = RecordedDelivery.Load("Gogs", "pull_request_opened");
        var json = JsonNode.Parse(opened.Request.Body.Span)!;
        json["pull_request"]!["title"] = new string('x', 5_000_000);

        var happened = ForgeReader.Gogs.Parse("pull_request", Encoding.UTF8.GetBytes(json.ToJsonString())).Value;

        happened.ShouldBeOfType<PullRequestHint>().Title.Length.ShouldBe(1000);
    }

    /// <summary>The recorded body with one field of its top level changed; null removes it.</summary>
    private static byte[] Changed(RecordedDelivery delivery, string field, string? value)
    {
        var json = JsonNode.Parse(delivery.Request.Body.Span)!.AsObject();
        json.Remove(field);
        var text = json.ToJsonString();
        return Encoding.UTF8.GetBytes(value is null ? text : $"{{\"{field}\":{value},{text[1..]}");
    }
}
