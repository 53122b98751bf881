using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>The CLI's plan as what is approved.</summary>
public sealed class BundleChangesTests
{
    private const string Deployer = "deployer-id";
    private const string Planner = "planner-id";

    [Fact]
    public void SaysWhatIsDoneToEachResource()
    {
        var changes = Read(
            """
            "resources.jobs.b":{"action":"update","new_state":{"value":{"name":"x"}},"changes":{"name":{"action":"update","old":"y","new":"x"},"z":{"action":"skip"}}},
            "resources.jobs.a":{"action":"create","new_state":{"value":{"job":900000000000001234}}},
            "resources.jobs.c":{"action":"skip"},
            "resources.schemas.d":{"action":"recreate","new_state":{"value":{}}},
            "resources.jobs.e":{"action":"delete"}
            """
        ).Value;

        changes
            .Real.Select(change => change.ToString())
            .ShouldBe(["+ jobs.a", "~ jobs.b: name", "- jobs.e", "-/+ schemas.d"]);
        changes.All.Count.ShouldBe(5);
        changes
            .Real.Where(change => change.IsDestructive)
            .Select(change => change.Key)
            .ShouldBe(["jobs.e", "schemas.d"]);
    }

    [Theory]
    [Trait("Threat", "T104")]
    [InlineData("""{"action":"create","new_state":{"value":{"name":"y"}}}""")]
    [InlineData("""{"action":"recreate","new_state":{"value":{"name":"x"}}}""")]
    [InlineData("""{"action":"create","new_state":{"value":{"name":"x","n":1}}}""")]
    [InlineData("""{"action":"create","new_state":{"value":{"name":"x"},"vars":{"name":"${resources.a.b}"}}}""")]
    [InlineData("""{"action":"skip"}""")]
    public void IsAnotherPlanWhenAnythingIsDifferent(string other)
    {
        var one = Read("""  "resources.jobs.a":{"action":"create","new_state":{"value":{"name":"x"}}}  """).Value;

        Read($"\"resources.jobs.a\":{other}").Value.IsSameAs(one).ShouldBeFalse();
        BundleChanges.Stored(JsonNode.Parse(one.Json().ToJsonString()))!.IsSameAs(one).ShouldBeTrue();
    }

    [Fact]
    public void IsAnotherPlanWhenTheWorkspaceHeldSomethingElse()
    {
        var one = Update("y");

        Update("z").IsSameAs(one).ShouldBeFalse();
        Update("y").IsSameAs(one).ShouldBeTrue();

        static BundleChanges Update(string remote) =>
            Read(
                $$$$"""  "resources.jobs.a":{"action":"update","new_state":{"value":{"name":"x"}},"changes":{"name":{"action":"update","remote":"{{{{remote}}}}"} } }  """
            ).Value;
    }

    /// <summary>Two principals, two folders, another version of the CLI and another state: the same deployment.</summary>
    [Fact]
    public void IsTheSamePlanForWhoeverAsks()
    {
        var one = BundleChanges.Read(Plan(Planner, "/tmp/one/tree", "1"), "/tmp/one/tree", [Deployer, Planner]).Value;
        var two = BundleChanges.Read(Plan(Deployer, "/tmp/two/tree", "2"), "/tmp/two/tree", [Deployer, Planner]).Value;
        var three = BundleChanges
            .Read(Plan("intruder", "/tmp/one/tree", "1"), "/tmp/one/tree", [Deployer, Planner])
            .Value;

        two.IsSameAs(one).ShouldBeTrue();
        three.IsSameAs(one).ShouldBeFalse();

        static byte[] Plan(string principal, string folder, string version) =>
            Encoding.UTF8.GetBytes(
                $$$$"""
                {"plan_version":2,"cli_version":"{{{{version}}}}","serial":{{{{version}}}},"plan":{
                "resources.dashboards.d":{"action":"create","new_state":{"value":{"file_path":"{{{{folder}}}}/d.json"}}},
                "resources.jobs.a.permissions":{"action":"create","new_state":{"value":{"__embed__":[{"level":"CAN_VIEW","group_name":"g"},{"level":"IS_OWNER","service_principal_name":"{{{{principal}}}}"}]}}}
                }}
                """
            );
    }

    [Fact]
    public void LeavesOutPermissionsThatOnlyNameWhoAsks()
    {
        var same = Read(
            $$$"""
            "resources.jobs.a.permissions":{"action":"update",
            "new_state":{"value":{"__embed__":[{"level":"CAN_VIEW","group_name":"g"},{"level":"IS_OWNER","service_principal_name":"{{{Planner}}}"}]}},
            "remote_state":{"__embed__":[{"level":"IS_OWNER","service_principal_name":"{{{Deployer}}}"},{"level":"CAN_VIEW","group_name":"g"}]}}
            """
        ).Value;

        same.Real.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T104")]
    public void KnowsWhatIsLeftOfADeploymentThatBrokeOff()
    {
        var approved = Read(
            """
            "resources.jobs.a":{"action":"create","new_state":{"value":{"name":"a"}}},
            "resources.jobs.b":{"action":"update","new_state":{"value":{"name":"b"}}},
            "resources.jobs.c":{"action":"skip"}
            """
        ).Value;

        Read("""  "resources.jobs.a":{"action":"skip"},"resources.jobs.b":{"action":"skip"}  """)
            .Value.IsRestOf(approved)
            .ShouldBeTrue();
        Read("""  "resources.jobs.a":{"action":"update","new_state":{"value":{"name":"a"}}}  """)
            .Value.IsRestOf(approved)
            .ShouldBeTrue();
        Read("""  "resources.jobs.a":{"action":"create","new_state":{"value":{"name":"other"}}}  """)
            .Value.IsRestOf(approved)
            .ShouldBeFalse();
        Read("""  "resources.jobs.b":{"action":"recreate","new_state":{"value":{"name":"b"}}}  """)
            .Value.IsRestOf(approved)
            .ShouldBeFalse();
        Read("""  "resources.jobs.c":{"action":"delete"}  """).Value.IsRestOf(approved).ShouldBeFalse();
        Read("""  "resources.jobs.d":{"action":"delete"}  """).Value.IsRestOf(approved).ShouldBeFalse();
        // Neither says what it becomes, and nothing was to become of it.
        Read("""  "resources.jobs.c":{"action":"update"}  """).Value.IsRestOf(approved).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"plan_version":1,"plan":{} }""")]
    [InlineData("""{"plan":{} }""")]
    [InlineData("""[]""")]
    [InlineData("""Plan: 1 to add""")]
    public void RefusesAPlanOfAnotherForm(string answer) =>
        BundleChanges
            .Read(Encoding.UTF8.GetBytes(answer), "/t", [])
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("plan of version 2");

    [Theory]
    [InlineData("""{"bundle":{"changes":null} }""")]
    [InlineData("""{"bundle":[]}""")]
    [InlineData("""{"bundle":{"changes":[{"key":1}]} }""")]
    [InlineData("""{}""")]
    [InlineData("no json")]
    [InlineData(null)]
    public void TakesNothingElseForAnApprovedPlan(string? plan) => BundlePlan.ChangesOf(plan).ShouldBeNull();

    private static Result<BundleChanges> Read(string entries) =>
        BundleChanges.Read(
            Encoding.UTF8.GetBytes($"{{\"plan_version\":2,\"plan\":{{{entries}}}}}"),
            "/tmp/tree",
            [Deployer, Planner]
        );
}
