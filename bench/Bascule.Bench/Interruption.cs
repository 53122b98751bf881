using System.Runtime.InteropServices;

namespace Bascule.Bench;

/// <summary>Ends a benchmark as a failure would when it is told to stop, so that what it started ends with it.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interruption()
    {
        foreach (var signal in Signals)
            _registrations.Add(PosixSignalRegistration.Create(signal, Stop));
    }

    public CancellationToken Token => _source.Token;

    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> benchmark)
    {
        using var interruption = new Interruption();
        try
        {
            return await benchmark(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("stopped");
            return 130;
        }
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
