using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>git.limits</c>. Each name ends in its unit, or counts.</summary>
internal static class GitLimitsReader
{
    private const int MostRequests = 1_000_000;
    private const long SmallestQuestion = 64L << 10;
    private const long LargestQuestion = 1L << 30;
    private const long SmallestPush = 1L << 20;
    private const long LargestPush = 1L << 40;
    private const long LongestSeconds = 24 * 60 * 60;

    /// <summary>What is written down of a push with more refs no longer fits into an entry of the audit log.</summary>
    private const int MostRefs = 50;
    private const string Remedy = "write limits: below it, or remove it";

    public static GitLimits Read(SettingReader top)
    {
        var usual = new GitLimits();
        if (top.Map("git") is not { } git)
            return usual;
        if (git.Find("limits") is null)
            git.Refuse("", "is empty", Remedy);
        var read = git.Map("limits") is { } limits ? Read(limits, usual) : usual;
        git.RefuseOthers();
        return read;
    }

    private static GitLimits Read(SettingReader limits, GitLimits usual)
    {
        if (!limits.Keys.Any())
            limits.Refuse("", "is empty", "write push_bytes: a number of bytes, or another limit, or remove it");
        var read = new GitLimits
        {
            IdentityRequests = Count(limits, "identity_requests") ?? usual.IdentityRequests,
            AddressRequests = Count(limits, "address_requests") ?? usual.AddressRequests,
            IdentityRequestsPerMinute = Count(limits, "identity_requests_per_minute"),
            AddressRequestsPerMinute = Count(limits, "address_requests_per_minute"),
            QuestionBytes = Question(limits, "question_bytes") ?? usual.QuestionBytes,
            QuestionUnpackedBytes = Question(limits, "question_unpacked_bytes") ?? usual.QuestionUnpackedBytes,
            Question = Seconds(limits, "question_seconds") ?? usual.Question,
            Idle = Seconds(limits, "idle_seconds") ?? usual.Idle,
            Fetch = Seconds(limits, "fetch_seconds") ?? usual.Fetch,
            Push = Seconds(limits, "push_seconds") ?? usual.Push,
            Pushes = Count(limits, "pushes") ?? usual.Pushes,
            PushBytes = limits.Number("push_bytes", SmallestPush, LargestPush) ?? usual.PushBytes,
            PushesBytes = limits.Number("pushes_bytes", SmallestPush, LargestPush) ?? usual.PushesBytes,
            PushRefs = (int?)limits.Number("push_refs", 1, MostRefs) ?? usual.PushRefs,
            PushObjects = limits.Number("push_objects", 1, LargestPush) ?? usual.PushObjects,
        };
        limits.RefuseOthers();
        return read;
    }

    private static int? Count(SettingReader limits, string key) => (int?)limits.Number(key, 1, MostRequests);

    private static int? Question(SettingReader limits, string key) =>
        (int?)limits.Number(key, SmallestQuestion, LargestQuestion);

    private static TimeSpan? Seconds(SettingReader limits, string key) =>
        limits.Number(key, 1, LongestSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
