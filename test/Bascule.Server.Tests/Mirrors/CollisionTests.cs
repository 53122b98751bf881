using System.Text;
using Bascule.Core;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>Two files of one SHA-1 id, as git's own tests make them: one lies in the mirror under the other's name.</summary>
[Trait("Threat", "T72")]
public sealed class CollisionTests
{
    [Fact]
    public async Task WhatGitSaysOfACollisionIsTheReasonOfTheRefusal()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var before = await world.Repository.CommitAsync("main", ("a.txt", "first"));
        await world.FetchMainAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "harmless"));
        await PlantAsync(world, named: "harmless", holding: "evil, evil");

        var fetched = await world.FetchAsync("refs/heads/main");

        var problem = fetched.Problem.ShouldNotBeNull();
        (problem.Code, problem.IsTransient).ShouldBe((ProblemCode.Invalid, false));
        problem.Message.ShouldContain("SHA-1 collision");
        var kept = await world.Mirror.ReadFileAsync(before, "a.txt", 100, default);
        Encoding.UTF8.GetString(kept.Value!.Value.Span).ShouldBe("first", "what was there before stays readable");
    }

    private static async Task PlantAsync(MirrorWorld world, string named, string holding)
    {
        string PathOf(string id) => Path.Combine(world.MirrorFolder, "objects", id[..2], id[2..]);
        var id = (await world.Repository.RunAsync(Encoding.UTF8.GetBytes(named), "hash-object", "--stdin")).Trim();
        var planted = (
            await TestGit.RunAsync(world.MirrorFolder, Encoding.UTF8.GetBytes(holding), "hash-object", "-w", "--stdin")
        ).Trim();
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(id))!);
        File.Copy(PathOf(planted), PathOf(id), overwrite: true);
    }
}
