using System.CommandLine;

namespace Bascule.Cli.Features;

/// <summary>What every command about what is known of one person is told.</summary>
internal static class PersonFeature
{
    public static readonly Argument<string> Person = new("person")
    {
        Description = "Who: a person as `bascule person list` shows them, or ISSUER#SUBJECT.",
    };

    public static Option<string> Because(string description) =>
        new("--because")
        {
            Description = description,
            HelpName = "text",
            Required = true,
        };
}
