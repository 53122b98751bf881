using System.Buffers.Binary;
using System.Globalization;
using Bascule.Connectors.Platforms.Isolation;
using Bascule.Core;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Reading;

/// <summary>
/// Asks Python's own parser what stands in files, without running any of them: an isolated interpreter (no site, no environment, no user folder) that gets the
/// files on standard input and has the limits of <see cref="PythonLimits"/>.
/// </summary>
internal sealed class PythonReading(string python, PythonLimits limits)
{
    /// <summary>Of what Python complains about.</summary>
    private const int MostComplaint = 300;

    /// <summary>What the interpreter runs.</summary>
    public string Script { get; init; } = PythonScript.Gate;

    /// <summary>Answers for fewer files when a limit ended it. NotFound: there is no Python; Unavailable: it does not start; Internal: it answered nonsense.</summary>
    public async Task<Result<PythonAnswers>> ReadAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> files,
        CancellationToken cancellationToken
    )
    {
        if (files.Count == 0)
            return new PythonAnswers([], null, null);
        var call = new IsolatedCall(python, Arguments())
        {
            Time = limits.Time,
            MaxOutput = limits.Answer,
            WriteInput = (input, end) => WriteAsync(input, files, end),
        };
        var ran = await IsolatedProcess.RunAsync(call, cancellationToken);
        if (ran.Failed(out var problem))
            return problem;
        var outcome = ran.Value;
        var reader = new AnswerReader(files.Count);
        if (reader.Read(outcome.Output).Failed(out problem))
            return problem;
        if (outcome.End is IsolatedEnd.Exited && outcome.ExitCode != 0 && reader.Files.Count == 0)
            return Problem.Unavailable(
                $"'{python}' cannot read DAG files; Python 3.10 or newer is needed. It said: {Complaint(outcome)}"
            );
        return new PythonAnswers(reader.Files, reader.Version, reader.IsAtEnd ? null : WhyShort(outcome));
    }

    private string[] Arguments() =>
        [
            "-I", // no environment, no user's packages, no current folder
            "-S",
            "-B",
            "-W",
            "ignore",
            "-X",
            "utf8",
            "-c",
            Script,
            limits.Memory.ToString(CultureInfo.InvariantCulture),
            Seconds(limits.Time),
            Seconds(limits.TimeOfOne),
        ];

    private static string Seconds(TimeSpan time) =>
        Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static async Task WriteAsync(
        Stream input,
        IReadOnlyList<ReadOnlyMemory<byte>> files,
        CancellationToken cancellationToken
    )
    {
        await WriteNumberAsync(input, files.Count, cancellationToken);
        foreach (var file in files)
        {
            await WriteNumberAsync(input, file.Length, cancellationToken);
            await input.WriteAsync(file, cancellationToken);
        }
        await input.FlushAsync(cancellationToken);
    }

    internal static async Task WriteNumberAsync(Stream input, int number, CancellationToken cancellationToken)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        await input.WriteAsync(bytes, cancellationToken);
    }

    private string WhyShort(IsolatedOutcome outcome) =>
        outcome.End switch
        {
            IsolatedEnd.TimedOut => string.Create(
                CultureInfo.InvariantCulture,
                $"reading took longer than {limits.Time.TotalSeconds:0} s"
            ),
            IsolatedEnd.TooMuch => string.Create(
                CultureInfo.InvariantCulture,
                $"there was more to say than {limits.Answer} bytes"
            ),
            _ => $"the process that reads DAG files ended: {Complaint(outcome)}",
        };

    internal static string Complaint(IsolatedOutcome outcome) =>
        PlainText.Line(outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(), MostComplaint)
            is { Length: > 0 } said
            ? said
            : string.Create(CultureInfo.InvariantCulture, $"nothing, and ended with {outcome.ExitCode}");
}
