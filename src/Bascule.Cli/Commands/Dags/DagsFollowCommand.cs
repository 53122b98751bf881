using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Dags;
using Bascule.Cli.Features.Git;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Commands.Dags;

/// <summary><c>bascule dags follow</c>: for hosts that read a folder, such as Airflow without DAG bundles.</summary>
internal static partial class DagsFollowCommand
{
    private static readonly Option<string> Into = new("--into")
    {
        Description = "The folder; what it shows is at current in it.",
        Required = true,
        HelpName = "folder",
    };

    private static readonly Option<string> Url = new("--url")
    {
        Description = "The repository's address at Bascule, or file:// and the path of a bare one.",
        Required = true,
        HelpName = "url",
    };

    private static readonly Option<string> Ref = new("--ref")
    {
        Description = "The branch to follow, in full.",
        HelpName = "ref",
        DefaultValueFactory = _ => "refs/heads/deploy/production",
    };

    private static readonly Option<bool> Once = new("--once") { Description = "Look once, and end." };

    private static readonly Option<string> Interval = new("--interval")
    {
        Description = "From one look to the next.",
        HelpName = "time",
        DefaultValueFactory = _ => "500ms",
    };

    private static readonly Option<int> Keep = new("--keep")
    {
        Description = "How many versions stay, the current one among them.",
        HelpName = "count",
        DefaultValueFactory = _ => FollowOptions.DefaultKeep,
    };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "The token that the platform projects; read anew each time. Default: whoever is signed in.",
        HelpName = "file",
    };

    private static readonly Option<string?> Ca = new("--ca")
    {
        Description = "PEM certificates to trust instead of the system's.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("follow", "Shows what a branch holds in a folder, whole versions only.")
        {
            Into,
            Url,
            Ref,
            Once,
            Interval,
            Keep,
            TokenFile,
            Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var read = ReadOptions(parsed);
        if (read.Failed(out var problem))
            return output.Refuse(problem);
        var options = read.Value;
        var opened = Following.Open(options, client => LoginFor(parsed, options, client));
        if (opened.Failed(out problem))
            return output.Refuse(problem);
        await using var following = opened.Value;
        var voice = new FollowVoice(output, following.Folder);
        if (parsed.GetValue(Once))
            return await LookOnceAsync(following.Follower, voice, output, cancellationToken);
        await following.RunAsync(voice, cancellationToken);
        return ExitCodes.Success;
    }

    private static async Task<int> LookOnceAsync(
        Follower follower,
        FollowVoice voice,
        OutputFeature output,
        CancellationToken cancellationToken
    )
    {
        var looked = await follower.LookAsync(cancellationToken);
        if (looked.Failed(out var problem))
            return output.Refuse(problem);
        if (looked.Value is { } published)
            voice.Show(published);
        return ExitCodes.Success;
    }

    private static Result<FollowOptions> ReadOptions(ParseResult parsed)
    {
        var address = FollowedAddress.Read(parsed.GetValue(Url)!);
        if (address.Failed(out var problem))
            return problem;
        if (!RefName.TryParse(parsed.GetValue(Ref), out var name) || !name.IsBranch)
            return Problem.Invalid($"--ref '{parsed.GetValue(Ref)}' is no branch in full; write refs/heads/NAME");
        if (ReadTime(parsed.GetValue(Interval)!) is not { } interval)
            return Problem.Invalid(
                $"--interval '{parsed.GetValue(Interval)}' is no time from 100ms to 60m; write 500ms, 1s or 5m"
            );
        if (parsed.GetValue(Keep) is < 1 or > 1000)
            return Problem.Invalid("--keep is from 1, which is the current version alone, to 1000");
        if (new[] { parsed.GetValue(Ca), parsed.GetValue(TokenFile) }.FirstOrDefault(IsMissing) is { } missing)
            return Problem.NotFound($"there is no '{missing}'");
        if (address.Value.Server is null && parsed.GetValue(TokenFile) is not null)
            return Problem.Invalid("--token-file is for a repository at Bascule; nobody asks for one on this machine");
        return new FollowOptions
        {
            Folder = Path.GetFullPath(parsed.GetValue(Into)!),
            Address = address.Value,
            Ref = name,
            Interval = interval,
            Keep = parsed.GetValue(Keep),
            Ca = parsed.GetValue(Ca) ?? CaOfSession(address.Value.Server),
        };
    }

    private static IGitLogin LoginFor(ParseResult parsed, FollowOptions options, GitTokenClient? client)
    {
        if (options.Address.Server is not { } server || client is null)
            return new NoLogin();
        if (parsed.GetValue(TokenFile) is { } file)
            return new WorkloadLogin(new PodToken(client, file, options.Address.Text), TimeProvider.System);
        return SavedSessions.Own.Knows(OriginOf(server))
            ? new SessionLogin(new GitTokens(SavedSessions.Own, TimeProvider.System), server, options.Address.Text)
            : new NoLogin();
    }

    /// <summary>Whoever signed in with an authority of their own trusts the same one here.</summary>
    private static string? CaOfSession(Uri? server) =>
        server is not null
        && SavedSessions.Own.Find(server, TimeProvider.System.GetUtcNow()) is { Problem: null } session
            ? session.Value.Ca
            : null;

    private static string OriginOf(Uri server) => server.GetLeftPart(UriPartial.Authority);

    private static bool IsMissing(string? file) => file is not null && !File.Exists(file);

    private static TimeSpan? ReadTime(string text)
    {
        if (Time().Match(text) is not { Success: true } match)
            return null;
        var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        var time = match.Groups["unit"].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            _ => TimeSpan.FromMinutes(number),
        };
        return time >= TimeSpan.FromMilliseconds(100) && time <= TimeSpan.FromHours(1) ? time : null;
    }

    [GeneratedRegex(@"\A(?<number>[0-9]{1,6})(?<unit>ms|s|m)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();
}
