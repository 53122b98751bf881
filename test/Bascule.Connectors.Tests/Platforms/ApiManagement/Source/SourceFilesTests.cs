using System.Text;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core.Content;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Source;

public sealed class SourceFilesTests
{
    private const string Policy = "apis/orders/policy.xml";

    [Theory]
    [InlineData("files", 5, 4096, 4096L << 10, "holds 27 files, and 5 are taken")]
    [InlineData("total", 5000, 4096, 700L, "bytes, and 700 are taken")]
    public async Task NothingIsReadOfAFolderThatIsTooLarge(string _, int files, int bytes, long total, string says)
    {
        var tree = ApimSample.Tree();
        var limits = new ApimSourceLimits
        {
            Files = files,
            FileBytes = bytes,
            TotalBytes = total,
        };

        var source = await SourceStage.ReadAsync(tree, new ApimFolder { Limits = limits });

        source.Findings.Select(SourceStage.Show).Single().ShouldContain(says);
        source.Resources.ShouldBeEmpty();
        tree.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task AFileThatIsTooLargeIsNamedAndNotRead()
    {
        var tree = ApimSample.Tree().Add(Policy, new string(' ', 5000));

        var source = await SourceStage.ReadAsync(
            tree,
            new ApimFolder { Limits = new ApimSourceLimits { FileBytes = 4999 } }
        );

        source
            .Findings.Select(SourceStage.Show)
            .ShouldBe([$"{Policy}:1 Size: has 5000 bytes, and 4999 are taken; split it"]);
    }

    [Theory]
    [InlineData(TreeEntryKind.Symlink, "Link: is a symbolic link")]
    [InlineData(TreeEntryKind.Submodule, "Submodule: is a submodule")]
    public async Task OnlyFilesThemselvesAreTaken(TreeEntryKind kind, string says)
    {
        var source = await SourceStage.ReadAsync(ApimSample.Tree().Add(Policy, "../petstore/policy.xml", kind));

        source.Findings.Select(SourceStage.Show).Single().ShouldStartWith($"{Policy}:1 {says}");
        source.Resources.ShouldNotContain(resource => resource.File == Policy);
    }

    [Fact]
    public async Task APointerIsNotTheContent()
    {
        const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";

        (await SourceStage.FindAsync((Policy, Pointer))).Single().ShouldStartWith($"{Policy}:1 Pointer:");
    }

    /// <summary>Each of these would be another document to a reader that guesses.</summary>
    [Theory]
    [InlineData("utf-16", "is not valid UTF-8")]
    [InlineData("utf-16BE", "is not valid UTF-8")]
    [InlineData("latin1", "is not valid UTF-8")]
    [InlineData("utf-8", "begins with a byte order mark")]
    [Trait("Threat", "T126")]
    public async Task FilesAreUtf8Alone(string encoding, string says)
    {
        var other = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. other.GetPreamble(), .. other.GetBytes("<policies>é</policies>")];

        var source = await SourceStage.ReadAsync(ApimSample.Tree().Add(Policy, bytes));

        source
            .Findings.Select(SourceStage.Show)
            .ShouldBe([
                .. source
                    .Findings.Select(SourceStage.Show)
                    .Where(one => one.StartsWith($"{Policy}:1 Encoding: {says}", StringComparison.Ordinal)),
            ]);
        source.Findings.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("<policies>\n<!-- \u202e -->", "U+202E")]
    [InlineData("<policies>\n\u200b", "U+200B")]
    [InlineData("<policies>\n\0", "U+0000")]
    public async Task WhatCannotBeSeenIsNamed(string text, string name) =>
        (await SourceStage.FindAsync((Policy, text)))
            .Single()
            .ShouldStartWith($"{Policy}:2 Encoding: holds the invisible character {name}");
}
