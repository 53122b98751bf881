using Bascule.Core.Text;

namespace Bascule.Core.Tests.Text;

public sealed class PointsTests
{
    [Fact]
    public void ReadAsOneSentenceOnOneLine() =>
        PlainText
            .Line(Points.Of("the files are not fit", ["a.py:1: no", "b.py:2: no"]), 100)
            .ShouldBe("the files are not fit: a.py:1: no; b.py:2: no");

    [Fact]
    public void AreReadBackOneByOne()
    {
        var (head, points) = Points.Read(Points.Of("the files are not fit", ["a.py:1: no", "b.py:2: no"]));

        head.ShouldBe("the files are not fit:");
        points.ShouldBe(["a.py:1: no", "b.py:2: no"]);
    }

    [Fact]
    [Trait("Threat", "T113")]
    public void APointMakesNoOthers() =>
        Points.Read(Points.Of("unfit", ["a\nb.py:1: \u001b[31mno"])).Found.ShouldBe(["a b.py:1: no"]);

    [Theory]
    [InlineData("the platform said no")]
    [InlineData("the platform said\nno: why")]
    [InlineData("")]
    public void AnyOtherTextHasNone(string text)
    {
        var (head, points) = Points.Read(text);

        head.ShouldBe(text);
        points.ShouldBeEmpty();
    }
}
