using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.Tests.Platforms.ApiManagement;
using Bascule.Core;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;

namespace Bascule.Connectors.Tests.ResourceManager;

/// <summary>What every call of Azure Resource Manager has, on the simulated service.</summary>
public sealed class ArmClientTests
{
    private static readonly ApimAddress Region = ApimAddress.Of(ApimKind.NamedValue, "region");
    private static readonly JsonObject Value = new() { ["displayName"] = "region", ["value"] = "north" };

    [Fact]
    public async Task EveryPageOfAListIsRead()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { PageSize = 2 });
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            stage.Simulator.Portal.Put(
                $"namedValues/{name}",
                $$$"""{"properties":{"displayName":"{{{name}}}","value":"x"}}"""
            );

        var listed = await stage.Client.ListAsync(stage.Session, ApimKind.NamedValue, null, default);

        listed.Value.Select(one => one.Name).Order().ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("https://attacker.example/next")]
    [InlineData("//attacker.example/next")]
    public async Task TheNextPageIsNotLookedForElsewhere(string next)
    {
        await using var stage = await ApimStage.StartAsync();
        stage.Simulator.Inject(Fault.Forge("GET", "namedValues", answer => answer["nextLink"] = next));

        var listed = await stage.Client.ListAsync(stage.Session, ApimKind.NamedValue, null, default);

        listed.Problem!.Message.ShouldContain("the next page is said to be on another server");
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task AListThatNeverEndsIsGivenUp()
    {
        await using var stage = await ApimStage.StartAsync();
        var again = new Uri(
            stage.Options.Azure.Url,
            $"{stage.Options.ServiceId}/namedValues?api-version={ApimDefaults.ApiVersion}"
        );
        stage.Simulator.Inject(
            Fault.Forge("GET", "namedValues", answer => answer["nextLink"] = again.AbsoluteUri) with
            {
                Times = 250,
            }
        );

        var listed = await stage.Client.ListAsync(stage.Session, ApimKind.NamedValue, null, default);

        listed.Problem.ShouldNotBeNull().Message.ShouldContain("there are more than 200 pages");
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("Azure-AsyncOperation")]
    [InlineData("Location")]
    public async Task TheEndOfAnOperationIsNotLookedForElsewhere(string header)
    {
        await using var stage = await ApimStage.StartAsync();
        stage.Simulator.Inject(
            Fault.Answer("PUT", "namedValues/region", 202, "") with
            {
                Headers = new Dictionary<string, string> { [header] = "https://attacker.example/operation" },
            }
        );

        var made = await stage.Client.PutAsync(stage.Session, Region, Value, null, default);

        made.Problem.ShouldNotBeNull().Message.ShouldContain("the operation is said to be on another server");
    }

    [Fact]
    public async Task ALoginThatHasEndedIsRenewedOnce()
    {
        await using var stage = await ApimStage.StartAsync();
        var ended = Fault.Answer("GET", "namedValues", 401, """{"error":{"code":"ExpiredAuthenticationToken"}}""");
        stage.Simulator.Inject(ended);

        (await stage.Client.ListAsync(stage.Session, ApimKind.NamedValue, null, default)).Problem.ShouldBeNull();

        stage.Simulator.Inject(ended with { Times = 2 });
        (await stage.Client.ListAsync(stage.Session, ApimKind.NamedValue, null, default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task AnOperationThatTakesLongIsWaitedFor()
    {
        await using var stage = await ApimStage.StartAsync(options =>
            options with
            {
                OperationPolls = 3,
                AnswersAccepted = true,
            }
        );

        (await stage.Client.PutAsync(stage.Session, Region, Value, null, default)).Problem.ShouldBeNull();

        stage.Simulator.State.Keys.ShouldContain("namedValues/region");
        stage.Audit.Operations.ShouldContain("apim.namedValues.put");
        var put = stage.Simulator.Exchanges.Single(exchange => exchange.Method == "PUT");
        stage.Audit.Ids.Select(id => id.ToString()).ShouldContain(put.CorrelationId!);
    }

    [Fact]
    public async Task ThrottlingIsWaitedOut()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        stage.Simulator.FailWrite(1, WriteFailure.TooMany);

        (await stage.Client.PutAsync(stage.Session, Region, Value, null, default)).Problem.ShouldBeNull();

        stage.Time.Waits.ShouldContain(TimeSpan.FromSeconds(1));
    }

    /// <summary>It may have been made: whoever asked looks first.</summary>
    [Fact]
    [Trait("Threat", "T133")]
    public async Task AChangeThatTheServerBrokeOnIsNotSentAgainUnseen()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        stage.Simulator.FailWrite(1, WriteFailure.InternalAfter);

        var lost = await stage.Client.PutAsync(stage.Session, Region, Value, null, default);

        lost.Problem!.IsTransient.ShouldBeTrue();
        stage.Simulator.WriteCount.ShouldBe(1);
    }

    [Fact]
    public async Task WithoutAnEntryNothingIsChanged()
    {
        await using var stage = await ApimStage.StartAsync();
        await stage.Client.IdentifyAsync(stage.Session, default);
        stage.Audit.Failing = Problem.Unavailable("full");

        (await stage.Client.PutAsync(stage.Session, Region, Value, null, default)).Problem!.Message.ShouldBe("full");

        stage.Simulator.WriteCount.ShouldBe(0);
    }

    [Fact]
    public async Task AStrangerIsToldWhatToCompare()
    {
        await using var stage = await ApimStage.StartAsync();
        stage.Simulator.Application.Distrust("bascule");

        var refused = (await stage.Client.IdentifyAsync(stage.Session, default)).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain($"subject '{ApimStage.Subject}'");
        refused.Message.ShouldContain("AADSTS");
    }

    [Fact]
    public async Task AMissingRightIsNamed()
    {
        await using var stage = await ApimStage.StartAsync();
        stage.Simulator.Assign(stage.Simulator.Application, ArmRole.None);

        var refused = (await stage.Client.IdentifyAsync(stage.Session, default)).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
        refused.Message.ShouldContain("AuthorizationFailed");
    }

    [Fact]
    public async Task ADeletionOfWhatIsNotThereIsDone()
    {
        await using var stage = await ApimStage.StartAsync();

        (await stage.Client.DeleteAsync(stage.Session, Region, "*", default)).Problem.ShouldBeNull();
    }
}
