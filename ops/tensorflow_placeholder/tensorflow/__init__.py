"""Stands where TensorFlow would: Rasa imports it at start, whatever the pipeline, and then needs none of it.

Every name under tensorflow, keras, tensorflow_text, tensorflow_hub and tensorflow_addons is a class that can
be subclassed and named in type hints. Making an instance, or calling it, says what to do instead.
"""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

__version__ = "0.0.0+placeholder"
_ROOTS = ("tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras")
_WHAT_TO_DO = (
    "{name} was asked for, and this environment has a placeholder instead of TensorFlow.\n"
    "Something in config.yml needs the real one (DIETClassifier, TEDPolicy, UnexpecTEDIntentPolicy, "
    "ResponseSelector, ConveRT or a language-model featurizer).\n"
    "Either take it out of config.yml, or run `make setup STOCK=1` and use .venv-stock/bin/rasa "
    "(docs/decisions/0001-rasa-without-tensorflow.md)."
)


class TensorFlowIsAbsentError(RuntimeError):
    """Something really needs TensorFlow; the message says what to do."""


class _Absent(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(cls.__module__, f"{cls.__qualname__}.{name}")

    def __call__(cls, *args, **kwargs):
        raise TensorFlowIsAbsentError(_WHAT_TO_DO.format(name=f"{cls.__module__}.{cls.__qualname__}"))


def _absent(module, name):
    return _Absent(name.rpartition(".")[2], (), {"__module__": module, "__qualname__": name})


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in _ROOTS:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module):
        module.__getattr__ = lambda name: _module_attribute(module.__name__, name)


def _module_attribute(module, name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _absent(module, name)


def __getattr__(name):
    return _module_attribute("tensorflow", name)


def is_tensor(_value):
    """Answer what other libraries ask of any value, once a module of this name is loaded: no."""
    return False


sys.meta_path.append(_Finder())
