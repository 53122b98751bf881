using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Tests.Mirrors;

[Trait("Threat", "T75")]
public sealed class HistoryTricksTests
{
    [Fact]
    public async Task ShowsWhatAnIdNamesAndNotWhatReplacesIt()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var shown = await world.Repository.CommitAsync("main", ("a.txt", "shown"));
        var other = await world.Repository.CommitAsync("other", ("a.txt", "other"));
        await world.Repository.RunAsync("update-ref", "refs/replace/" + shown, other.ToString());
        await world.FetchAsync("refs/heads/main", "refs/heads/other", "refs/replace/" + shown);
        await TestGit.RunAsync(world.MirrorFolder, "update-ref", "refs/replace/" + shown, other.ToString());

        var file = await world.Mirror.ReadFileAsync(shown, "a.txt", 100, default);

        Encoding.UTF8.GetString(file.Value!.Value.Span).ShouldBe("shown");
    }

    [Fact]
    public async Task ComparesHistoriesAsTheyWereMade()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var first = await world.Repository.CommitAsync("main", ("a.txt", "1"));
        var second = await world.Repository.CommitAsync("main", ("a.txt", "2"));
        var foreign = await world.Repository.CommitAsync("foreign", ("a.txt", "3"));
        await world.FetchAsync("refs/heads/main", "refs/heads/foreign");
        await TestGit.RunAsync(world.MirrorFolder, "update-ref", "refs/replace/" + second, foreign.ToString());
        await File.WriteAllTextAsync(Path.Combine(world.MirrorFolder, "objects/info/grafts"), $"{second}\n");
        await File.WriteAllTextAsync(
            Path.Combine(Directory.CreateDirectory(Path.Combine(world.MirrorFolder, "info")).FullName, "grafts"),
            $"{second}\n"
        );

        (await world.Mirror.IsAncestorAsync(first, second, default)).Value.ShouldBe(true);
        (await world.Mirror.IsAncestorAsync(first, foreign, default)).Value.ShouldBe(false);
    }

    [Fact]
    public async Task FindsWhereTwoHistoriesParted()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var first = await world.Repository.CommitAsync("main", ("a.txt", "1"));
        await TestGit.RunAsync(world.Repository.Folder, "branch", "side", first.ToString());
        var main = await world.Repository.CommitAsync("main", ("a.txt", "2"));
        var side = await world.Repository.CommitAsync("side", ("b.txt", "3"));
        var foreign = await world.Repository.CommitAsync("foreign", ("c.txt", "4"));
        await world.FetchAsync("refs/heads/main", "refs/heads/side", "refs/heads/foreign");

        (await world.Mirror.FindMergeBaseAsync(main, side, default)).Value.ShouldBe(first);
        (await world.Mirror.FindMergeBaseAsync(main, foreign, default)).Value.ShouldBeNull();
        (
            await world.Mirror.FindMergeBaseAsync(main, CommitId.Parse(new string('1', 40)), default)
        ).Value.ShouldBeNull();
    }

    [Fact]
    public async Task RefusesAShallowHistory()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "1"));
        await world.FetchMainAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "2"));
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "3"));
        await File.WriteAllTextAsync(Path.Combine(world.Repository.Folder, "shallow"), $"{tip}\n");

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        fetched.Problem!.Message.ShouldContain("shallow");
    }

    [Fact]
    public async Task AnswersNothingForAnAncestorThatIsNotHere()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "1"));
        await world.FetchMainAsync();
        var unknown = CommitId.Parse(new string('1', 40));

        (await world.Mirror.IsAncestorAsync(unknown, tip, default)).Value.ShouldBeNull();
        (await world.Mirror.IsAncestorAsync(tip, unknown, default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }
}
