using System.Reflection;
using System.Text.Json;
using Bascule.Core.Audit;
using Bascule.Core.Evidence.Controls;
using Bascule.Core.Evidence.Tables;
using Bascule.Core.Tests.Docs;

namespace Bascule.Core.Tests.Evidence;

public sealed class EvidenceTablesTests
{
    private static IEnumerable<string> Types =>
        typeof(AuditTypes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(constant => (string)constant.GetRawConstantValue()!);

    [Fact]
    public void EveryTypeIsInATableOrLeftOutByName()
    {
        var placed = EvidenceTables.All.SelectMany(table => table.Types).Distinct().ToList();

        placed.Concat(EvidenceTables.LeftOut.Keys).ShouldBe(Types, ignoreOrder: true);
    }

    [Fact]
    public void EveryColumnIsAFieldOfOneOfItsTypes()
    {
        using var schema = JsonDocument.Parse(ProjectFiles.Read("schemas/audit-entry.schema.json"));
        var rules = schema
            .RootElement.GetProperty("allOf")
            .EnumerateArray()
            .ToDictionary(
                rule =>
                    rule.GetProperty("if")
                        .GetProperty("properties")
                        .GetProperty("type")
                        .GetProperty("const")
                        .GetString()!,
                rule => rule.GetProperty("then").GetProperty("properties")
            );

        foreach (var table in EvidenceTables.All)
            table.Columns.Select(column => column.Name).ShouldBeUnique(table.File);
        foreach (var table in EvidenceTables.All)
        foreach (var column in table.Columns.Where(column => column.Part != "decision"))
            table
                .Types.Any(type =>
                    rules[type].GetProperty(column.Part).GetProperty("properties").TryGetProperty(column.Field, out _)
                )
                .ShouldBeTrue($"{table.File}: {column.Part}.{column.Field}");
    }

    [Fact]
    public void EveryFrameworkUsesEveryTable()
    {
        foreach (var framework in Frameworks.All)
        {
            framework
                .Controls.SelectMany(control => control.Tables)
                .Distinct()
                .ShouldBe(EvidenceTables.All.Select(table => table.File), ignoreOrder: true, framework.Name);
            framework.Controls.Select(control => control.Id).ShouldBeUnique();
            framework.Controls.ShouldAllBe(control => control.Shows.Length > 0 && control.Lacks.Length > 0);
        }
    }

    [Theory]
    [InlineData("soc3")]
    [InlineData("SOC2")]
    [InlineData(null)]
    public void AnotherFrameworkIsRefusedWithTheOnesThatThereAre(string? name)
    {
        var found = Frameworks.Find(name);

        found.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        found.Problem.Message.ShouldContain("soc2, iso27001, sox");
        Frameworks.Find("sox").Value.Name.ShouldBe("sox");
    }
}
