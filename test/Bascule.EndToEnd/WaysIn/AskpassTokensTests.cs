using Bascule.Cli.Features.Git;
using Bascule.Client;
using Bascule.Core;

namespace Bascule.EndToEnd.WaysIn;

public sealed class AskpassTokensTests
{
    private readonly Source _source = new();

    [Fact]
    [Trait("Threat", "T94")]
    public async Task EachIsGivenOnceAndTheLastOneEndsWithTheSideCar()
    {
        await using (var tokens = new AskpassTokens(_source, TimeProvider.System))
        {
            (await TakeAsync(tokens)).ShouldBe("1");
            (await TakeAsync(tokens)).ShouldBe("2");
        }

        _source.Ended.ShouldBe(["1", "2"]);
    }

    [Fact]
    [Trait("Threat", "T94")]
    public async Task WhatCameTooLateIsForTheNextQuestionAndForThatAlone()
    {
        await using var tokens = new AskpassTokens(_source, TimeProvider.System);
        using var gone = new CancellationTokenSource();
        _source.OnMake = gone.Cancel;
        await Should.ThrowAsync<OperationCanceledException>(async () => await tokens.TakeAsync(gone.Token));

        (await TakeAsync(tokens)).ShouldBe("1");
        (await TakeAsync(tokens)).ShouldBe("2");
    }

    [Fact]
    public async Task OneWithoutMuchTimeLeftIsNotKept()
    {
        await using var tokens = new AskpassTokens(_source, TimeProvider.System);
        using var gone = new CancellationTokenSource();
        (_source.OnMake, _source.Lifetime) = (gone.Cancel, TimeSpan.Zero);
        await Should.ThrowAsync<OperationCanceledException>(async () => await tokens.TakeAsync(gone.Token));

        (await TakeAsync(tokens)).ShouldBe("2");
    }

    private static async Task<string> TakeAsync(AskpassTokens tokens) =>
        (await tokens.TakeAsync(default)).Value.Reveal();

    private sealed class Source : IAskpassSource
    {
        private int _made;

        public Action OnMake { get; set; } = () => { };

        public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(15);

        public List<string> Ended { get; } = [];

        public Task<Result<GivenGitToken>> MakeAsync()
        {
            OnMake();
            OnMake = () => { };
            return Task.FromResult<Result<GivenGitToken>>(new GivenGitToken(new Secret($"{++_made}"), Lifetime));
        }

        public Task EndAsync(Secret token, CancellationToken cancellationToken)
        {
            Ended.Add(token.Reveal());
            return Task.CompletedTask;
        }
    }
}
