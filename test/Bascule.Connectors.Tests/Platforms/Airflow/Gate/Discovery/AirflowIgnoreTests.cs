using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Connectors.Platforms.Airflow.Gate.Discovery;
using static Bascule.Connectors.Tests.Platforms.Airflow.Gate.GateStage;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Discovery;

public sealed class AirflowIgnoreTests
{
    [Theory]
    [InlineData("lib/", "lib/a.py", true)]
    [InlineData("lib/", "x/lib/a.py", true)]
    [InlineData("lib/", "lib", false)]
    [InlineData("lib", "lib/a.py", true)]
    [InlineData("/lib", "lib/a.py", true)]
    [InlineData("/lib", "x/lib/a.py", false)]
    [InlineData("x/lib", "x/lib/a.py", true)]
    [InlineData("x/lib", "y/x/lib/a.py", false)]
    [InlineData("*_test.py", "x/a_test.py", true)]
    [InlineData("*_test.py", "x/a_test.pyi", false)]
    [InlineData("a?.py", "ab.py", true)]
    [InlineData("a?.py", "abc.py", false)]
    [InlineData("[ab].py", "b.py", true)]
    [InlineData("[!ab].py", "b.py", false)]
    [InlineData("[a-c].py", "c.py", true)]
    [InlineData("**/a.py", "x/y/a.py", true)]
    [InlineData("x/**", "x/y/a.py", true)]
    [InlineData("x/**/a.py", "x/a.py", true)]
    [InlineData("x/*.py", "x/y/a.py", false)]
    [InlineData(@"\*.py", "*.py", true)]
    [InlineData(@"\*.py", "a.py", false)]
    [InlineData("a.py # not this one", "a.py", true)]
    [InlineData("# a.py", "a.py", false)]
    [InlineData("*.py\n!keep.py", "keep.py", false)]
    [InlineData("*.py\n!keep.py", "a.py", true)]
    [InlineData("lib\n!lib/keep.py", "lib/keep.py", true)]
    [InlineData("/", "a.py", false)]
    [InlineData("[", "[", true)]
    public void GlobsAreThoseOfAirflow3(string lines, string path, bool passes) =>
        Read(IgnoreSyntax.Glob, Source(".airflowignore", lines)).PassesOver(path).ShouldBe(passes);

    [Theory]
    [InlineData("lib", "x/my_library/a.py", true)]
    [InlineData("^lib", "x/lib/a.py", false)]
    [InlineData("_test\\.py$", "a_test.py", true)]
    [InlineData("[0-9]{3}", "x/a123.py", true)]
    [InlineData("lib/", "lib", false)]
    public void ExpressionsAreThoseOfAirflow2(string lines, string path, bool passes) =>
        Read(IgnoreSyntax.Regexp, Source(".airflowignore", lines)).PassesOver(path).ShouldBe(passes);

    [Fact]
    public void AFileCountsForItsFolderAndBelow()
    {
        var ignore = Read(
            IgnoreSyntax.Glob,
            Source(".airflowignore", "*.py"),
            Source("x/.airflowignore", "!a.py\ny/b.py")
        );

        ignore.PassesOver("a.py").ShouldBeTrue();
        ignore.PassesOver("x/a.py").ShouldBeFalse();
        ignore.PassesOver("x/z/a.py").ShouldBeFalse();
        ignore.PassesOver("x/y/b.py").ShouldBeTrue();
    }

    /// <summary>With a matcher that tries again, the first takes longer than anybody lives; the others cannot be matched without.</summary>
    [Theory]
    [InlineData("(a+)+$", true)]
    [InlineData("(a)\\1", false)]
    [InlineData("(?=a)", false)]
    [InlineData("((a{1000}){1000}){1000}", false)]
    [InlineData("(", false)]
    [Trait("Threat", "T51")]
    public void AnExpressionCostsNoMoreThanThePath(string line, bool isUnderstood)
    {
        List<int> wrong = [];
        var ignore = AirflowIgnore.Read(
            [Source(".airflowignore", line)],
            IgnoreSyntax.Regexp,
            (_, number, _) => wrong.Add(number)
        );

        ignore.PassesOver(new string('a', 200) + "!").ShouldBeFalse();
        wrong.ShouldBe(isUnderstood ? [] : [1]);
    }

    [Fact]
    public void ALongLineAndOneTooManyAreNotTaken()
    {
        List<int> wrong = [];
        AirflowIgnore.Read(
            [Source(".airflowignore", new string('a', 251) + string.Concat(Enumerable.Repeat("\nx", 400)))],
            IgnoreSyntax.Glob,
            (_, number, _) => wrong.Add(number)
        );

        wrong.ShouldBe([1, 301]);
    }

    [Fact]
    public void ALinkInItsPlaceCountsForNothing()
    {
        var ignore = Read(IgnoreSyntax.Glob, Link(".airflowignore", "x"), Source("x", "*.py"));

        ignore.PassesOver("a.py").ShouldBeFalse();
    }

    private static AirflowIgnore Read(IgnoreSyntax syntax, params DagFile[] files) =>
        AirflowIgnore.Read(files, syntax, (_, line, text) => throw new InvalidOperationException($"{line}: {text}"));
}
