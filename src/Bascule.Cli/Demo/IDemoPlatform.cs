namespace Bascule.Cli.Demo;

/// <summary>One platform of the demo: what stands in for it, what the settings say of it, and the story that is played on it.</summary>
internal interface IDemoPlatform : IAsyncDisposable
{
    /// <summary>Each says that it is a simulator.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>The keys of <c>bascule.yaml</c> below its forges: platforms, environments and whatever else this platform needs.</summary>
    string Settings(DemoGround ground);

    /// <summary>Tells the story on standard error while it happens. Ends by itself.</summary>
    /// <exception cref="TimeoutException">Something did not come in time.</exception>
    Task<DemoResult> PlayAsync(DemoStage stage, CancellationToken cancellationToken);
}
