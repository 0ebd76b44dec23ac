// Logarithm, exponential and power of which every bit is the same on every machine.
//
// Those of the C library are right to the last place but one, and differ there: between libraries,
// between processors, and between processors of one kind of which one multiplies and adds at once.
// A simulation that differs by one bit is another simulation. These are sums, products and
// quotients alone, which IEEE 754 settles, compiled with -ffp-contract=off. Within 4 units of the
// last place of the true value for what a simulation asks, which is all between 1e-9 and 1e9.
#pragma once

#include <cmath>

namespace fdbkit::host {

// log 2 in two parts: a whole number times the first has no rounding.
inline constexpr double kLogTwoHigh = 0x1.62e42fee00000p-1;
inline constexpr double kLogTwoLow = 0x1.a39ef35793c76p-33;

// Of a finite number above 0.
inline double natural_log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.70710678118654752) {
    mantissa *= 2;
    exponent--;
  }
  // log m = 2 artanh t, by its series: t is at most 0.1716.
  const double t = (mantissa - 1) / (mantissa + 1);
  const double square = t * t;
  double sum = 0;
  for (int k = 25; k >= 3; k -= 2) sum = (sum + 1.0 / k) * square;
  const double whole = exponent;
  return whole * kLogTwoHigh + (whole * kLogTwoLow + (2 * t + 2 * t * sum));
}

// Of a number between -700 and 700.
inline double exponential(double x) {
  const double whole = std::floor(x * 1.4426950408889634 + 0.5);
  const double rest = (x - whole * kLogTwoHigh) - whole * kLogTwoLow;
  // By Taylor's series: the rest is at most 0.347.
  double sum = 1;
  for (int k = 16; k >= 1; k--) sum = 1 + sum * rest / k;
  return std::ldexp(sum, static_cast<int>(whole));
}

// `base` is above 0.
inline double power(double base, double exponent) {
  return exponential(exponent * natural_log(base));
}

}  // namespace fdbkit::host
