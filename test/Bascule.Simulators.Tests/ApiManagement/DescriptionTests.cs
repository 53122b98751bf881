using Bascule.Simulators.Azure.ApiManagement.Shapes;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Tests.OpenApi;

namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>The table of fields against the official description, and the comparison itself.</summary>
public sealed class DescriptionTests
{
    private const string Service =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ApiManagement/service/s";

    [SpecsFact]
    public void FieldsThatAreTakenAreThoseThatAreDescribed()
    {
        foreach (var (definition, fields) in ApimFields.Definitions)
            fields
                .Select(field => field[..field.IndexOf(':', StringComparison.Ordinal)])
                .ShouldBe(ArmDescriptions.ApiManagement.Writable(definition), ignoreOrder: true, definition);
    }

    [SpecsFact]
    public void TheComparisonSeesWhatIsWrong()
    {
        var good = new ArmExchange(
            "PUT",
            $"{Service}/products/p",
            "?api-version=2024-05-01",
            "application/json",
            null,
            null,
            """{"properties":{"displayName":"p"}}""",
            201,
            new Dictionary<string, string> { ["ETag"] = "\"a\"" },
            """{"id":"i","properties":{"displayName":"p"}}"""
        );
        var refused = good with { Status = 404, Answer = """{"error":{"code":"c","message":"m"}}""" };

        ArmDescriptions.ApiManagement.Faults([good, refused]).ShouldBeEmpty();
        Fault(good with { Query = "" }).ShouldContain("'api-version' is missing");
        Fault(good with { Query = good.Query + "&x=1" }).ShouldContain("'x' is not described");
        Fault(good with { Path = $"{Service}/strange/p" }).ShouldContain("nothing like it");
        Fault(good with { Path = good.Path.Replace("0000-", "zzzz-", StringComparison.Ordinal) })
            .ShouldContain("no UUID");
        Fault(good with { Body = """{"properties":{}}""" }).ShouldContain("displayName is missing");
        Fault(good with { Body = """{"properties":{"displayName":"p","x":1}}""" }).ShouldContain("x is not described");
        Fault(good with { Body = """{"properties":{"displayName":""}}""" }).ShouldContain("too short");
        Fault(good with { Body = """{"id":"i","properties":{"displayName":"p"}}""" }).ShouldContain("read-only");
        Fault(good with { ContentType = "text/plain" }).ShouldContain("text/plain");
        Fault(good with { Status = 202 }).ShouldContain("status is not described");
        Fault(good with { Headers = new Dictionary<string, string>() }).ShouldContain("ETag is missing");
        Fault(good with { Answer = """{"properties":{"displayName":"p","state":"odd"}}""" }).ShouldContain("none of");
        Fault(good with { Method = "DELETE", Body = "", Status = 200, Answer = "" })
            .ShouldContain("'If-Match' is missing");
        Fault(refused with { Answer = """{"message":"m"}""" }).ShouldContain("message is not described");
        Fault(refused with { Answer = "no" }).ShouldContain("no JSON");
        Fault(
                good with
                {
                    Method = "PUT",
                    Path = $"{Service}/namedValues/a%3Cb",
                    Status = 200,
                    Body = """{"properties":{"displayName":"p"}}""",
                }
            )
            .ShouldContain("not of the form");
    }

    private static string Fault(ArmExchange exchange) => ArmDescriptions.ApiManagement.Check(exchange)[0];
}
