using Bascule.Core.Settings;
using Bascule.Core.Workflows;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>environments</c>: who may run what where. One that grants nothing is a mistake, not a default.</summary>
internal sealed class EnvironmentsReader(IReadOnlyList<DeclaredPlatform> platforms, IReadOnlyList<string> forges)
{
    private const int MaxRunning = 1000;
    private const int MaxHours = 24 * 1000;

    public IReadOnlyList<EnvironmentSettings> Read(SettingReader top)
    {
        if (top.RequiredMap("environments", "name at least one stage below it") is not { } environments)
            return [];
        var read = environments
            .NamedMaps()
            .Select(entry => (entry.Settings, One: ReadOne(entry.Name, entry.Settings)))
            .ToList();
        var all = read.Select(entry => entry.One).OfType<EnvironmentSettings>().ToList();
        foreach (var (settings, one) in read)
            if (one is not null)
                TrainOnceReader.Check(settings, one, all);
        return all;
    }

    private EnvironmentSettings? ReadOne(string name, SettingReader settings)
    {
        settings.RefuseLater("cancel_in_progress", "concurrency");
        var platform = FindPlatform(settings);
        var repositories = RepositoriesReader.Read(settings, forges);
        var branches = settings.Find("branches") is null
            ? []
            : settings.RequiredGlobs("branches", "list at least one, or remove the key");
        var pullRequests = settings.Flag("pull_requests");
        if (settings.Find("branches") is null && !pullRequests)
            settings.Refuse("branches", "is missing", "list branches, e.g. [main], or write pull_requests: true");
        var limits = ReadLimits(settings);
        var approvals = ApprovalsReader.Read(settings);
        var proven = ApprovalsReader.ReadProven(settings);
        var rewritten = ReadRewritten(settings);
        var check = settings.Flag("required_check");
        if (check && settings.Find("branches") is null)
            settings.Refuse(
                "required_check",
                "has no branch whose merges could wait for it",
                "list branches, e.g. [main], or remove it"
            );
        var copies = settings.Flag("copy_deploy_ref");
        if (platform?.Connector is not { } connector)
            return null;
        var promotes = platform.Connection is null ? [] : PromotesReader.Read(settings, platform.Connection.Platform);
        var drift = platform.Connection is { } connection
            ? DriftReader.Read(settings, connection.Platform, promotes.Count > 0)
            : null;
        var trainOnce = TrainOnceReader.Read(settings, promotes.Count > 0);
        var brings = connector.ReadEnvironment(settings);
        settings.RefuseOthers();
        if (brings is null || platform.Connection is null)
            return null;
        var rule = new EnvironmentRule(name, connector.Kind, repositories, branches, pullRequests)
        {
            Limits = limits,
            Approvals = approvals,
            DemandsProven = proven,
            Rewritten = rewritten,
            RequiredCheck = check,
            CopiesDeployRef = copies,
            DriftEvery = drift,
            Promotes = promotes,
            TrainOnce = trainOnce,
        };
        return new EnvironmentSettings(name, platform.Connection, brings, rule);
    }

    private static EnvironmentLimits ReadLimits(SettingReader settings)
    {
        var running = settings.Number("max_running", 1, MaxRunning);
        var hours = settings.Map("hours");
        var daily = hours?.Number("daily", 1, MaxHours);
        if (hours is not null && hours.Find("daily") is null)
            hours.Refuse("daily", "is missing", "write hours: { daily: 24 }, or remove hours for no limit");
        hours?.RefuseOthers();
        return new EnvironmentLimits((int?)running ?? EnvironmentLimits.Default.MaxRunning, (int?)daily);
    }

    private static RewrittenHistory ReadRewritten(SettingReader settings)
    {
        const string Remedy = "write stop or run, or remove it for stop";
        if (settings.Find("rewritten") is null || settings.RequiredText("rewritten", Remedy) is not { } word)
            return RewrittenHistory.Stop;
        if (word is not ("stop" or "run"))
            settings.Refuse("rewritten", $"'{word}' is not understood", Remedy);
        return word == "run" ? RewrittenHistory.Run : RewrittenHistory.Stop;
    }

    private DeclaredPlatform? FindPlatform(SettingReader settings)
    {
        if (settings.RequiredText("platform", "name one of the platforms") is not { } name)
            return null;
        if (platforms.FirstOrDefault(platform => platform.Name == name) is { } found)
            return found;
        settings.Refuse(
            "platform",
            $"names '{name}', which is not below platforms",
            Known(platforms.Select(p => p.Name))
        );
        return null;
    }

    private static string Known(IEnumerable<string> names) =>
        names.ToList() is { Count: > 0 } known ? $"use one of: {string.Join(", ", known)}" : "add it there";
}
