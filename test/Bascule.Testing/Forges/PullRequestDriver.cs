using System.Diagnostics;
using System.Globalization;
using System.Net;
using Bascule.Core.Forges;
using Shouldly;

namespace Bascule.Testing.Forges;

/// <summary>Opens and merges pull requests: by API where there is one, by web forms on Gogs.</summary>
internal sealed class PullRequestDriver(string kind, Uri url, string? caFile)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<long> OpenAsync(ForgeRepository on, StagedPerson by, string head, string title)
    {
        using var web = new ForgeWeb(url, caFile);
        if (kind == "gogs")
            return await OpenByFormAsync(web, on, by, head, title);
        var opened = await web.CallAsync(
            HttpMethod.Post,
            $"/repos/{on.FullName}/pulls",
            $"token {by.Token}",
            new
            {
                head,
                @base = on.DefaultBranch,
                title,
            }
        );
        return opened!["number"]!.GetValue<long>();
    }

    /// <summary>Tries again while the forge is still finding out whether there are conflicts.</summary>
    public async Task MergeAsync(ForgeRepository on, StagedPerson by, long number)
    {
        using var web = new ForgeWeb(url, caFile);
        if (kind == "gogs")
            await web.SignInAsync(by.Login, by.Password);
        var started = Stopwatch.GetTimestamp();
        while (!await TryMergeAsync(web, on, by, number))
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"{on.FullName}#{number} was never mergeable");
            await Task.Delay(Pause);
        }
    }

    private static async Task<long> OpenByFormAsync(
        ForgeWeb web,
        ForgeRepository on,
        StagedPerson by,
        string head,
        string title
    )
    {
        await web.SignInAsync(by.Login, by.Password);
        var page = $"{on.FullName}/compare/{on.DefaultBranch}...{head}";
        using var answer = await web.PostFormAsync(page, page, ("title", title), ("content", ""));
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        return long.Parse(answer.Headers.Location!.ToString().Split('/')[^1], CultureInfo.InvariantCulture);
    }

    private async Task<bool> TryMergeAsync(ForgeWeb web, ForgeRepository on, StagedPerson by, long number)
    {
        if (kind == "gogs")
        {
            var page = $"{on.FullName}/pulls/{number}";
            using var answer = await web.PostFormAsync(page, page + "/merge", ("merge_style", "create_merge_commit"));
            return answer.StatusCode == HttpStatusCode.Found;
        }
        var path = $"/repos/{on.FullName}/pulls/{number}/merge";
        var (status, _) = await web.TryCallAsync(HttpMethod.Post, path, $"token {by.Token}", new { Do = "merge" });
        return status == HttpStatusCode.OK;
    }
}
