using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core;
using Bascule.Server.Exchange;

namespace Bascule.Cli.Commands.Policy;

/// <summary><c>bascule policy test</c>: a table of expected decisions against the trust policies of the settings. Asks nobody; made for CI.</summary>
internal static class PolicyTestCommand
{
    private static readonly Argument<string> Table = new("file")
    {
        Description = "A YAML file: decisions, each with claims, repository, verbs and expect: allow or deny.",
    };

    public static Command Create()
    {
        var command = new Command("test", "Compares a table of expected decisions with what the trust policies decide.")
        {
            Table,
            TrustFeature.Delegated,
        };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var output = new OutputFeature(parsed);
        var settings = TrustFeature.LoadPolicies(parsed);
        if (settings.Failed(out var wrong))
            return output.Refuse(wrong);
        var cases = ReadCases(parsed.GetValue(Table)!);
        if (cases.Failed(out var unreadable))
            return output.Refuse(unreadable);
        var verdicts = cases.Value.Select(one => one.Judge(settings.Value)).ToList();
        Console.Out.WriteLine(output.IsJson ? TrustText.ToJson(verdicts).ToJsonString() : TrustText.Table(verdicts));
        return verdicts.TrueForAll(verdict => verdict.IsAsExpected) ? ExitCodes.Success : ExitCodes.Negative;
    }

    private static Result<IReadOnlyList<TrustCase>> ReadCases(string file)
    {
        if (!File.Exists(file))
            return Problem.NotFound($"there is no '{file}'");
        var (cases, problems) = TrustCasesReader.Read(File.ReadAllBytes(file), file);
        return problems.Count == 0 ? Result.Of(cases) : Problem.Invalid(string.Join(Environment.NewLine, problems));
    }
}
