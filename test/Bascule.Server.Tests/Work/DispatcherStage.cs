using Bascule.Core.Work;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Work;

/// <summary>A dispatcher over a real database, which is started when a test says so, and whose only handler does what the test says.</summary>
public abstract class DispatcherStage : IAsyncLifetime
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private protected LabHandler Handler { get; } = new();
    private protected ServerWorld World { get; private set; } = null!;
    private protected Dispatcher Dispatcher { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        World = await ServerWorld.OpenAsync();
        Dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(
            World.Services,
            (IEnumerable<IWorkHandler>)[Handler]
        );
    }

    public async Task DisposeAsync()
    {
        await Dispatcher.StopAsync(default);
        await World.DisposeAsync();
    }

    private protected Task StartAsync() => Dispatcher.StartAsync(default);

    private protected AddWork Row(string lane, string subject) =>
        new(new NewWork(lane, "lab", subject, World.Clock.GetUtcNow()));

    private protected Task AddAsync(string lane, params string[] subjects) =>
        World.ApplyAsync([.. subjects.Select(subject => Row(lane, subject))]);

    private protected Task HandledAsync(params string[] subjects) =>
        UntilAsync(() => Handler.Handled.SequenceEqual(subjects));

    /// <summary>Lets back-offs pass: the clock moves, and whoever waits looks again.</summary>
    private protected Task AdvanceUntilAsync(Func<bool> reached) =>
        UntilAsync(() =>
        {
            World.Clock.Advance(TimeSpan.FromMinutes(1));
            World.Storage.WorkSignal.Wake();
            return reached();
        });

    private protected async Task UntilAsync(Func<bool> reached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!reached())
        {
            patience.IsCancellationRequested.ShouldBeFalse($"handled so far: {string.Join(", ", Handler.Handled)}");
            await Task.Delay(5);
        }
    }
}
