using Bascule.Simulators.Azure.MachineLearning.Shapes;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Tests.OpenApi;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>The table of fields against the official description, and the comparison itself.</summary>
public sealed class DescriptionTests
{
    private const string Workspace =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/own";

    private static readonly ArmExchange Good = new(
        "PUT",
        $"{Workspace}/jobs/a",
        "?api-version=2024-04-01",
        "application/json",
        null,
        null,
        """{"properties":{"jobType":"Command","command":"c","environmentId":"e","identity":{"identityType":"AMLToken"}}}""",
        201,
        new Dictionary<string, string>(),
        """{"id":"i","properties":{"jobType":"Command","command":"c","environmentId":"e","status":"Queued"}}"""
    );

    [SpecsFact]
    public void FieldsThatAreTakenAreThoseThatAreDescribed()
    {
        foreach (var (definition, fields) in AmlFields.Definitions)
            fields
                .Select(field => field[..field.IndexOf(':', StringComparison.Ordinal)])
                .ShouldBe(ArmDescriptions.MachineLearning.Writable(definition), ignoreOrder: true, definition);
    }

    [SpecsFact]
    public void TheComparisonSeesWhatIsWrong()
    {
        ArmDescriptions.MachineLearning.Faults([Good]).ShouldBeEmpty();
        Fault(Body("\"command\":\"c\",", "")).ShouldContain("command is missing");
        Fault(Body("\"command\"", "\"settings\":{},\"command\"")).ShouldContain("settings is not described");
        Fault(Body("\"Command\"", "\"Pipeline\"")).ShouldContain("is not described");
        Fault(Body("\"Command\"", "\"Odd\"")).ShouldContain("none of");
        Fault(Body("\"identityType\"", "\"clientId\":\"x\",\"identityType\""))
            .ShouldContain("clientId is not described");
        Fault(Body("\"command\"", "\"status\":\"Queued\",\"command\"")).ShouldContain("read-only");
        Fault(Good with { Answer = Good.Answer.Replace("Queued", "Odd") }).ShouldContain("none of");
        Fault(Good with { Path = $"{Workspace}/jobs/-a" }).ShouldContain("not of the form");
        Fault(Good with { Method = "POST", Path = $"{Workspace}/jobs/a/cancel", Body = "", Status = 202, Answer = "" })
            .ShouldContain("where to ask");
    }

    [SpecsFact]
    public void ANestedChoiceIsFollowed()
    {
        var inputs = """ "inputs":{"d":{"jobInputType":"literal","value":"1"}},"command" """.Trim();
        var good = Body("\"command\"", inputs);

        ArmDescriptions.MachineLearning.Faults([good]).ShouldBeEmpty();
        Fault(good with { Body = good.Body.Replace("\"value\":\"1\"", "\"uri\":\"1\"") }).ShouldContain("d.value");
        Fault(good with { Body = good.Body.Replace("literal", "uri_file") }).ShouldContain("d.uri is missing");
    }

    private static ArmExchange Body(string from, string to) =>
        Good with
        {
            Body = Good.Body.Replace(from, to, StringComparison.Ordinal),
        };

    private static string Fault(ArmExchange exchange) =>
        string.Join(" | ", ArmDescriptions.MachineLearning.Check(exchange));
}
