using Bascule.Core.Lineage;
using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Lineage;

public sealed class LineageQuestionTests
{
    [Theory]
    [InlineData("9f3ac71", "9f3ac71")]
    [InlineData(" 9F3AC71 ", "9f3ac71")]
    [InlineData("commit:9f3ac71", "9f3ac71")]
    [InlineData("0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789")]
    public void SevenDigitsOrMoreAreACommit(string text, string commit) =>
        LineageQuestion.Parse(text).Value.Commit.ShouldBe(commit);

    [Theory]
    [InlineData("eftzg80a08", null)]
    [InlineData("run:eftzg80a08", null)]
    [InlineData("0123456789", "0123456789")]
    [InlineData("run:0123456789", null)]
    public void TenCharactersAreARunAndMayBeACommitAsWell(string text, string? commit)
    {
        var question = LineageQuestion.Parse(text).Value;

        question.Run.ShouldBe(new RunId(text[^10..]));
        question.Commit.ShouldBe(commit);
    }

    [Theory]
    [InlineData("main.churn.classifier@7", "main.churn.classifier", "7")]
    [InlineData("churn.classifier@7", "churn.classifier", "7")]
    [InlineData("classifier@7", "classifier", "7")]
    [InlineData("models:/main.churn.classifier/7", "main.churn.classifier", "7")]
    [InlineData("model:main.churn.classifier/7", "main.churn.classifier", "7")]
    [InlineData("model:main.churn.classifier@7", "main.churn.classifier", "7")]
    [InlineData("main.churn.classifier", "main.churn.classifier", null)]
    [InlineData("model:classifier", "classifier", null)]
    public void AModelIsANameAndAVersion(string text, string name, string? version) =>
        LineageQuestion.Parse(text).Value.Model.ShouldBe(new ModelReference(name, version));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    [InlineData("9f3ac7")]
    [InlineData("commit:9f3ac7")]
    [InlineData("commit:main")]
    [InlineData("run:short")]
    [InlineData("main")]
    [InlineData("@7")]
    [InlineData("classifier@")]
    [InlineData("classifier@123456789012345678901")]
    public void AnythingElseIsRefusedWithTheSpellings(string? text)
    {
        var refused = LineageQuestion.Parse(text).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Invalid);
        refused.Message.ShouldMatch("write|`bascule run list`");
    }

    [Fact]
    [Trait("Threat", "T113")]
    public void WhatIsRefusedIsShownCleanAndShort()
    {
        var refused = LineageQuestion.Parse($"run:\u001b[31m\u202e{new string('x', 900)}").Problem.ShouldNotBeNull();

        refused.Message.ShouldNotContain('\u001b');
        refused.Message.ShouldNotContain('\u202e');
        refused.Message.Length.ShouldBeLessThan(300);
    }
}
