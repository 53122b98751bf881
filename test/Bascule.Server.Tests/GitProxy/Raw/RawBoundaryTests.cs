using System.Net;
using Bascule.Server.Connections;
using Bascule.Server.GitProxy;
using Bascule.Server.GitProxy.Raw;
using Bascule.Server.GitProxy.Views;
using Bascule.Server.Mirrors;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Tests.GitProxy.Raw;

/// <summary>What is not answered as a file.</summary>
public sealed class RawBoundaryTests(GitStage stage) : IClassFixture<GitStage>
{
    private const string File = "config/app.yaml";

    [Fact]
    [Trait("Threat", "T88")]
    [Trait("Threat", "T59")]
    public async Task WhatIsHiddenLooksLikeWhatIsNotThere()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-hidden");
        var token = files.Token();
        string[] addresses =
        [
            "refs/heads/secret/hidden.txt",
            "refs/heads/none/hidden.txt",
            $"{files.Hidden}/hidden.txt",
            $"{new string('1', 40)}/hidden.txt",
            $"{RawRepository.Branch}/none.txt",
            "refs/heads/train/none.txt",
        ];

        var replies = await Task.WhenAll(addresses.Select(at => files.GetAsync(token, at)));

        replies.ShouldAllBe(reply => reply.Status == HttpStatusCode.NotFound);
        replies.Select(reply => reply.Text).Distinct().ShouldHaveSingleItem();
        (await files.GetAsync(files.Token("refs/**"), addresses[0])).Text.ShouldBe("for nobody");
        (await files.GetAsync(files.Token("refs/**"), addresses[2])).Text.ShouldBe("for nobody");
    }

    [Fact]
    [Trait("Threat", "T88")]
    [Trait("Threat", "T106")]
    public async Task ACommitThatNoRefLeadsToAnyMoreIsGone()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-gone");
        var token = files.Token("refs/**");
        (await files.GetAsync(token, $"{files.Hidden}/hidden.txt")).Status.ShouldBe(HttpStatusCode.OK);

        await files.Developer.GitAsync("push", "-q", "origin", ":refs/heads/secret");

        (await files.GetAsync(token, $"{files.Hidden}/hidden.txt")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("Threat", "T40")]
    [Trait("Threat", "T90")]
    public async Task AFormerNameOpensNothing()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-moved");
        stage.World.Forge.RenameRepository(files.Repository.Forge, "raw-renamed");

        (await files.GetAsync(files.Token(), $"{RawRepository.Branch}/{File}")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task ALinkAFolderASubmoduleAndAPointerAreNamedForWhatTheyAre()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-kinds");
        var target = await files.Developer.GitAsync("rev-parse", "HEAD:empty");
        await files.AddEntryAsync("120000", target, "link");
        await files.AddEntryAsync("160000", files.Commit, "part");
        (string Path, string What)[] expected =
        [
            ("link", "symbolic link"),
            ("part", "submodule"),
            ("config", "folder"),
            ("model.bin", "aaaa of 12345 bytes"),
        ];
        foreach (var (path, what) in expected)
        {
            var reply = await files.GetAsync(files.Token(), $"{RawRepository.Branch}/{path}");
            reply.Status.ShouldBe(HttpStatusCode.Conflict, path);
            reply.Text.ShouldContain(what);
        }
        (await files.GetAsync(files.Token(), $"{RawRepository.Branch}/link/x")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task AFileBeyondTheLimitIsRefused()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-limit");
        var connection = stage.Get<ForgeConnections>().FindByName("git")!;
        var name = files.Repository.FullName.Split('/');
        var found = await connection.Forge.FindRepositoryAsync(name[0], name[1], default);
        var admitted = new AdmittedGit(
            stage.Passes[files.Token()],
            new ProxiedRepository(stage.Key(files.Repository), connection, found.Value)
        );
        var tight = new RawFiles(
            stage.Get<Views>(),
            stage.Get<FetchAudit>(),
            stage.Get<RawAudit>(),
            stage.Get<GitProxyOptions>() with
            {
                MaxRawBytes = 7,
            },
            stage.Get<MirrorOptions>()
        );
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";

        await tight.ServeAsync(
            context,
            admitted,
            RawAddress.Parse($"/raw/git/{files.Repository.FullName}/{RawRepository.Branch}/{File}")!
        );

        context.Response.StatusCode.ShouldBe(StatusCodes.Status409Conflict);
    }

    [Theory]
    [InlineData("HEAD/../x")]
    [InlineData("HEAD/%2e%2e/x")]
    [InlineData("HEAD/%2E%2e/x")]
    [InlineData("HEAD/./x")]
    [InlineData("HEAD/a%2fb")]
    [InlineData("HEAD/a%5Cb")]
    [InlineData("HEAD/a\\b")]
    [InlineData("HEAD/a%00")]
    [InlineData("HEAD/a%0ab")]
    [InlineData("HEAD/a%7f")]
    [InlineData("HEAD/a%C2%85")]
    [InlineData("HEAD/a%")]
    [InlineData("HEAD/a%2")]
    [InlineData("HEAD/a%zz")]
    [InlineData("HEAD/a%C0%AF")]
    [InlineData("HEAD/a%ED%A0%80")]
    [InlineData("HEAD/a//b")]
    [InlineData("HEAD/a/")]
    [InlineData("HEAD")]
    [InlineData("HEAD/")]
    [InlineData("HEAD/ü")]
    [Trait("Threat", "T90")]
    [Trait("Threat", "T67")]
    public void APathHasNoSecondMeaning(string rest) => RawAddress.Parse($"/raw/git/ml/churn/{rest}").ShouldBeNull();

    [Theory]
    [InlineData("/raw/git/ml%2Fchurn/x/HEAD/a")]
    [InlineData("/raw/git/ml/../HEAD/a")]
    [InlineData("/raw/git/ml/ch%75rn/HEAD/a")]
    [InlineData("/raw/git/ml/churn.wiki/HEAD/a")]
    [InlineData("/raw//ml/churn/HEAD/a")]
    [InlineData("/RAW/git/ml/churn/HEAD/a")]
    [InlineData("/git/git/ml/churn/HEAD/a")]
    [Trait("Threat", "T90")]
    public void ARepositoryIsSpelledInOneWay(string target) => RawAddress.Parse(target).ShouldBeNull();

    [Fact]
    public void APathIsUnescapedOnce() =>
        RawAddress.Parse("/raw/git/ml/churn/HEAD/a%20b/%2541%C3%BC")!.Rest.ShouldBe(["HEAD", "a b", "%41ü"]);

    [Fact]
    [Trait("Threat", "T90")]
    [Trait("Threat", "T92")]
    public async Task AnotherSpellingOnTheWireIsNothing()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-wire");
        var token = files.Token();
        string[] wrong =
        [
            $"{RawRepository.Branch}/config/%2e%2e/empty",
            $"{RawRepository.Branch}/config/../empty",
            $"{RawRepository.Branch}/config%2Fapp.yaml",
            $"{RawRepository.Branch}/empty?x=1",
            $"{RawRepository.Branch}/empty/",
        ];
        foreach (var at in wrong)
            (await files.GetAsync(token, at)).Status.ShouldBe(HttpStatusCode.NotFound, at);
        var leaked = await files.GetAsync(token, $"{RawRepository.Branch}/empty?access_token={token}");
        leaked.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await files.GetAsync(token, $"{RawRepository.Branch}/empty")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
