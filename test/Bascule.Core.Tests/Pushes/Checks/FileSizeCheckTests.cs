using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;

namespace Bascule.Core.Tests.Pushes.Checks;

public sealed class FileSizeCheckTests
{
    private readonly FileSizeCheck _check = new(100);

    [Fact]
    public void LetsTheLargestAllowedFileIn() => _check.Look(new NewFile("data.bin", 100)).ShouldBeNull();

    [Fact]
    public void LetsAnEmptyFileIn() => _check.Look(new NewFile("empty", 0)).ShouldBeNull();

    [Fact]
    [Trait("Threat", "T130")]
    public void RefusesOneByteMore() => _check.Look(new NewFile("train.ipynb", 101)).ShouldNotBeNull();

    [Fact]
    public void NamesTheFileAndBothSizes() =>
        _check
            .Look(new NewFile("a/data.bin", 4096))!
            .Message.ShouldContain("'a/data.bin' has 4096 bytes, more than 100");

    [Fact]
    public void NamesTheRemedy() => _check.Look(new NewFile("data.bin", 101))!.Message.ShouldContain("git lfs");
}
