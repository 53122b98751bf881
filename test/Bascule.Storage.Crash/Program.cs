using System.Globalization;
using Bascule.Storage.Crash;

// A process that is made to be killed: it writes without end and prints each acknowledgement.
// With "measure" it counts appends for some seconds instead.
return args switch
{
    ["append", var path] => await Appending.RunAsync(path),
    ["measure", var path, var callers, var seconds] => await Measuring.RunAsync(path, Number(callers), Number(seconds)),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("Bascule.Storage.Crash append FILE | measure FILE CALLERS SECONDS");
    return 2;
}
